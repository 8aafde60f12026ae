import { expect } from "@jest/globals";
import type { FakeNode, PluginCall, PluginReply, PluginResult } from "../node/index.ts";
import type { Config } from "./network.ts";

/** Whose attachment, and whatever else the call needs; the plugin is the configuration's type. */
export type Whose = Partial<Omit<PluginCall, "command" | "config">>;

/** Starts the plugin that the configuration names. */
export async function call(
  node: FakeNode,
  command: string,
  config: Config,
  whose: Whose,
): Promise<PluginResult> {
  return node.plugin({ type: String(config["type"]), command, config, ...whose });
}

/** ADD, which must succeed with one result and without a word on standard error. */
export async function attach(node: FakeNode, config: Config, whose: Whose): Promise<PluginReply> {
  const ended = await call(node, "ADD", config, whose);
  expect({ code: ended.json?.code, msg: ended.json?.msg }).toEqual({});
  expect(ended).toMatchObject({ exitCode: 0, stderr: "", json: { cniVersion: config["cniVersion"] } });
  return ended.json ?? {};
}

/** How often a runtime tries, where many come and go. */
const tries = 3;

/** ADD by a runtime that tries again where the plugin asks for that, by code 11: nothing has to succeed. */
export async function tryToAttach(node: FakeNode, config: Config, whose: Whose): Promise<PluginResult> {
  for (let attempt = 1; ; attempt += 1) {
    const ended = await call(node, "ADD", config, whose);
    if (ended.json?.code !== 11 || attempt === tries) return ended;
  }
}

/** DEL, which must succeed and say nothing. */
export async function detach(node: FakeNode, config: Config, whose: Whose): Promise<void> {
  expect(await call(node, "DEL", config, whose)).toMatchObject(silence);
}

/** CHECK with the result of the ADD, which must succeed and say nothing. */
export async function expectHealthy(
  node: FakeNode,
  config: Config,
  added: PluginReply,
  whose: Whose,
): Promise<void> {
  expect(await call(node, "CHECK", { ...config, prevResult: added }, whose)).toMatchObject(silence);
}

/** Any command that must fail: with exit code 1 and exactly one error object, which is returned. */
export async function refused(
  node: FakeNode,
  command: string,
  config: Config,
  whose: Whose,
): Promise<PluginReply> {
  const ended = await call(node, command, config, whose);
  expect(ended).toMatchObject({ exitCode: 1, json: { code: expect.any(Number), msg: expect.any(String) } });
  return ended.json ?? {};
}

/** How what only has to succeed ends. */
export const silence = { exitCode: 0, stdout: "", stderr: "" };
