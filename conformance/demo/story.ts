/** What the demo shows, step by step. */
import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import type { FakeNode } from "../node/fake-node.ts";
import type { OutsideHost } from "../node/outside-host.ts";
import { drawNetwork } from "./drawing.ts";
import { readInterfaces } from "./interfaces.ts";
import { countElements, listThings, tableName } from "./leftovers.ts";
import { readNetwork } from "./network.ts";
import { type Report, Unexpected } from "./report.ts";
import { type Container, type NetworkList, Runtime } from "./runtime.ts";
import { echoPort, pingEachOther, pingGateways, seenFromOutside } from "./traffic.ts";

/** What all steps share. */
export interface Stage {
  readonly node: FakeNode;
  readonly report: Report;
  readonly list: NetworkList;
}

/** @throws Unexpected when something is not as it must be */
export async function tellStory(stage: Stage): Promise<void> {
  const runtime = new Runtime(stage.node, stage.list);
  const outside = await prepare(stage, runtime);
  const before = await listThings(stage.node);
  const containers = await addTwo(stage, runtime);
  await draw(stage, outside, containers);
  await talk(stage, containers);
  await goOutside(stage, outside, containers);
  await check(stage, runtime, containers);
  await del(stage, runtime, containers);
  await showWhatIsLeft(stage, before, containers);
}

async function prepare({ node, report, list }: Stage, runtime: Runtime): Promise<OutsideHost> {
  report.step("A node, and a host outside of it");
  const outside = await node.addOutsideHost();
  report.ok("node", `network, mounts and processes of its own; uplink is ${outside.uplink}`);
  const program = join(import.meta.dirname, "echo-source.ts");
  const echo = await node.background(process.execPath, [program, String(echoPort)], {
    namespace: outside.name,
  });
  for (let waitedMs = 0; !echo.stdout().includes("listening"); waitedMs += 10) {
    if (waitedMs > 10_000 || !echo.isRunning()) throw new Unexpected(`outside host: ${echo.stderr()}`);
    await delay(10);
  }
  report.ok("outside host", "has no route to containers; tells whoever connects which address it sees");
  // The first start of a new executable also reads it from the disk, which is not what the next times shall tell.
  const versions = (await runtime.versions()).join(" ");
  report.expect(versions.includes(list.cniVersion), `plugin "${list.plugins[0].type}"`, `CNI ${versions}`);
  return outside;
}

async function addTwo({ report }: Stage, runtime: Runtime): Promise<Container[]> {
  report.step("ADD: two containers get their network from config.json");
  const containers: Container[] = [];
  for (const name of ["web", "db"]) {
    const container = await runtime.add(name);
    const { addresses, milliseconds } = container;
    const texts = addresses.map(({ address }) => address).join("  ");
    report.expect(addresses.length === 2, `ADD ${name}`, `${texts}  ${took(milliseconds)}`);
    containers.push(container);
  }
  return containers;
}

async function draw(stage: Stage, outside: OutsideHost, containers: readonly Container[]): Promise<void> {
  stage.report.step("What that built, read back with ip and nft");
  stage.report.picture(drawNetwork(await readNetwork(stage, outside, containers)));
}

async function talk({ node, report }: Stage, containers: readonly Container[]): Promise<void> {
  report.step("They reach each other and their gateway");
  await pingEachOther(node, report, containers);
  await pingGateways(node, report, containers);
}

async function goOutside(
  { node, report }: Stage,
  outside: OutsideHost,
  containers: readonly Container[],
): Promise<void> {
  report.step("Out through the masquerade: the outside host sees the node, not the container");
  for (const container of containers) {
    for (const { own, seen, isNode } of await seenFromOutside(node, outside, container)) {
      report.expect(isNode, `${container.name} -> outside host`, `${own} is seen as ${seen}`);
    }
  }
}

async function check(
  { node, report }: Stage,
  runtime: Runtime,
  containers: readonly Container[],
): Promise<void> {
  report.step("CHECK: is all as ADD left it?");
  for (const container of containers) {
    const complaint = await runtime.check(container);
    report.expect(complaint === undefined, `CHECK ${container.name}`, complaint ?? "yes");
  }
  const [victim] = containers;
  if (victim === undefined) return;
  await node.run("ip", ["-n", victim.name, "route", "del", "default"]);
  const complaint = await runtime.check(victim);
  report.expect(complaint !== undefined, "after somebody took a route away", complaint ?? "not noticed");
}

async function del({ report }: Stage, runtime: Runtime, containers: readonly Container[]): Promise<void> {
  report.step("DEL, and again, because runtimes do");
  for (const container of containers) {
    const first = await runtime.del(container);
    const again = await runtime.del(container);
    report.ok(`DEL ${container.name}`, `${took(first)}, again ${took(again)}`);
  }
}

async function showWhatIsLeft(
  { node, report, list }: Stage,
  before: readonly string[],
  containers: readonly Container[],
): Promise<void> {
  report.step("What is left of them");
  for (const { name } of containers) {
    const inside = (await readInterfaces(node, name))
      .map((link) => link.name)
      .filter((link) => link !== "lo");
    report.expect(inside.length === 0, `interfaces in ${name}`, inside.join(" ") || "none");
  }
  const elements = await countElements(node);
  report.expect(elements === 0, `elements in table ${tableName}`, elements === 0 ? "none" : String(elements));
  const made = (await listThings(node)).filter((thing) => !before.includes(thing));
  const lasting = made.filter((thing) => isLasting(thing, list));
  const lost = made.filter((thing) => !lasting.includes(thing));
  report.expect(lost.length === 0, "cables and leases", lost.join(", ") || "none");
  report.note("kept for the next container of this network:");
  for (const thing of lasting) report.note(`  ${thing}`);
}

/** The bridge, the table, and the files that tell where the search for a free address goes on. */
function isLasting(thing: string, { plugins: [{ bridge }] }: NetworkList): boolean {
  return (
    [`link ${bridge}`, `table ${tableName}`].includes(thing) || /\/(lock|last_reserved_ip\.\d)$/.test(thing)
  );
}

function took(milliseconds: number): string {
  return `in ${milliseconds.toFixed(1)} ms`;
}
