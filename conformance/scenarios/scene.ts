/** What the hosts of a scenario tell of themselves, kept in scenes/: what the pictures are drawn of. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@jest/globals";
import type { FakeNode } from "../node/index.ts";
import { draw } from "./draw.ts";
import { show } from "./show.ts";

/** The hosts by their names, and which of their interfaces are joined by a cable, as "host1/eth1=host2/eth1". */
export interface Stage {
  readonly hosts: Readonly<Record<string, FakeNode>>;
  readonly cables?: readonly string[];
}

/** A scene as it is kept: the documents of `trestle show --json`. */
export interface Scene {
  readonly cables: readonly string[];
  readonly hosts: readonly unknown[];
}

/** Where they are kept. */
export const scenes = join(import.meta.dirname, "scenes");

/** `make scenes` has them written to a folder instead of compared. */
const target = process.env["TRESTLE_SCENES"];

/** The hosts as they are now must look as they did in the scene that is kept by this name. */
export async function expectScene(name: string, stage: Stage): Promise<void> {
  const scene = await tell(stage);
  if (target !== undefined) {
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, `${name}.json`), `${JSON.stringify(scene, null, 1)}\n`);
    return;
  }
  const [now, before] = await Promise.all([draw(scene), drawKept(name)]);
  // Where it is meant to look otherwise, "make scenes" keeps it.
  expect(now).toBe(before);
}

async function drawKept(name: string): Promise<string | undefined> {
  const file = join(scenes, `${name}.json`);
  return existsSync(file) ? draw(readScene(file)) : undefined;
}

export function readScene(file: string): Scene {
  const scene: Scene = JSON.parse(readFileSync(file, "utf8"));
  return scene;
}

async function tell({ hosts, cables = [] }: Stage): Promise<Scene> {
  const documents = await Promise.all(
    Object.entries(hosts).map(async ([name, node]) => show(node, "--json", "--host", name)),
  );
  const told: unknown = JSON.parse(`[${documents.join()}]`, withoutTraffic);
  // Of what traffic has left nothing may have a number: it would be another each time, and so the numbers of all that follow.
  return { cables, hosts: JSON.parse(steady(JSON.stringify(told))) };
}

/**
 * Which addresses a bridge has seen by now depends on what was sent, and how long ago: QEMU, for one, announces a guest that goes on
 * with an address that the guest does not have any more.
 */
function withoutTraffic(key: string, value: unknown): unknown {
  return key === "learned" ? [] : value;
}

/** Random MAC addresses get numbers in the order of their appearance. */
export function steady(text: string): string {
  const numbers = new Map<string, string>();
  return text.replaceAll(/\b(?:[\da-f]{2}:){5}[\da-f]{2}\b/g, (mac) => {
    const number = numbers.get(mac) ?? `02:00:00:00:00:${(numbers.size + 1).toString(16).padStart(2, "0")}`;
    numbers.set(mac, number);
    return number;
  });
}
