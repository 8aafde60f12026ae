/**
 * One executable, many names: picks what to do by the name that it was started under. This file loads nothing that VERSION
 * does not need: runtimes ask it of every plugin in every list, again and again.
 */
import { introduce, start } from "../sdk/start.ts";
import { pluginNames } from "./names.ts";

declare const TRESTLE_VERSION: string;

function startedAs(): string {
  const path = process.argv0;
  return path.slice(path.lastIndexOf("/") + 1);
}

const name = startedAs();

await start("trestle", {
  serve: async (limits) => (await import("./serve.ts")).serve(name, limits),
  greet: async () => {
    const isPlugin = pluginNames.some((plugin) => plugin === name);
    if (isPlugin) return introduce(`CNI ${name} plugin ${TRESTLE_VERSION} (trestle)`);
    return (await import("../cli/main.ts")).runCommandLine(process.argv.slice(2), TRESTLE_VERSION);
  },
});
