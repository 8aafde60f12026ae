/** The fake node and what goes with it, for test files to import from one place. */
export { CommandError, type CommandOptions, type CommandResult } from "./command.ts";
export { type DiffOptions, diff } from "./diff.ts";
export { FakeNode } from "./fake-node.ts";
export { nodesPerTest } from "./nodes-per-test.ts";
export { pluginFolder, referenceFolder, repository } from "./plugin-folder.ts";
export type { PluginCall, PluginReply, PluginResult } from "./plugin-call.ts";
export type { Snapshot } from "./snapshot.ts";
export { type Needs, describeWith, missing } from "./needs.ts";
