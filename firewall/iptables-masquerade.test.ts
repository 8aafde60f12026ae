import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { parseAddress } from "../inet/address.ts";
import { parsePrefix } from "../inet/prefix.ts";
import { ownersIn, removalCommands, splitWords } from "./iptables-listing.ts";
import {
  addIptablesMasquerade,
  chainName,
  masqueradeRules,
  missingIptablesMasquerade,
  removeIptablesMasquerade,
  type IptablesTools,
} from "./iptables-masquerade.ts";

const digest = (text: string) => createHash("sha512").update(text).digest("hex");
const owner = { network: "n1", containerId: "cid1" };
const chain = "CNI-ca7a875c2b85fc44a855128b";
const comment = ["-m", "comment", "--comment", 'name: "n1" id: "cid1"'];

const source = (address: string, ...direct: string[]) => ({
  address: parseAddress(address),
  direct: direct.map(parsePrefix),
});

/** Programs that keep rules as text, and count nothing but what is asked of them. */
class FakePrograms implements IptablesTools {
  readonly digest = digest;
  readonly calls: string[][] = [];
  readonly lines: Record<string, string[]> = { iptables: [], ip6tables: [] };
  /** Exit codes by command, for a program that cannot do it. */
  readonly failing: Record<string, number> = {};

  readonly run = (program: string, args: readonly string[]) => {
    this.calls.push([program, ...args]);
    return Promise.resolve(this.#obey(this.lines[program] ?? [], args.slice(4)));
  };

  #obey(lines: string[], [command = "", ...words]: readonly string[]) {
    const failure = this.failing[command];
    if (failure !== undefined) return { exitCode: failure, stdout: "", stderr: "no luck" };
    const [name = ""] = words;
    const rule = `-A ${words.map((word) => (word.includes(" ") ? `"${word.replaceAll('"', '\\"')}"` : word)).join(" ")}`;
    const answer = (done: boolean, stdout = "") => ({
      exitCode: done ? 0 : 1,
      stdout,
      stderr: done ? "" : "no",
    });
    const remove = (line: string) => {
      const at = lines.indexOf(line);
      if (at >= 0) lines.splice(at, 1);
      return answer(at >= 0);
    };
    switch (command) {
      case "-N":
        return answer(!lines.includes(`-N ${name}`) && lines.push(`-N ${name}`) > 0);
      case "-S":
        return answer(name === "" || lines.includes(`-N ${name}`), lines.join("\n"));
      case "-C":
        return answer(lines.includes(rule));
      case "-A":
        return answer(lines.push(rule) > 0);
      case "-I":
        lines.splice(1, 0, rule);
        return answer(true);
      case "-D":
        return remove(rule);
      case "-F":
        for (const line of lines.filter((each) => each.startsWith(`-A ${name} `))) remove(line);
        return answer(true);
      case "-X":
        return remove(`-N ${name}`);
      default:
        return { exitCode: 2, stdout: "", stderr: `bad command ${command}` };
    }
  }
}

async function thrownBy(action: () => Promise<unknown>): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

test("chainName() is the reference's", () => {
  expect(chainName(owner, digest)).toBe(chain);
});

describe("masqueradeRules()", () => {
  test("are the reference's for one subnet", () => {
    expect(
      masqueradeRules(owner, source("10.9.0.2", "10.9.0.2/24"), digest).map(({ words }) => words),
    ).toEqual([
      [chain, "-d", "10.9.0.0/24", ...comment, "-j", "ACCEPT"],
      [chain, "!", "-d", "224.0.0.0/4", ...comment, "-j", "MASQUERADE"],
      ["POSTROUTING", "-s", "10.9.0.2/32", ...comment, "-j", chain],
    ]);
  });

  test("name IPv6's multicast and host prefix, and only exceptions of the family", () => {
    const rules = masqueradeRules(owner, source("fd00::2", "fd00::/64", "10.0.0.0/8", "fc00::/8"), digest);
    expect(
      rules.map(({ command, words }) => [command, ...words.filter((word) => word.includes("/"))]),
    ).toEqual([
      ["-I", "fd00::/64"],
      ["-I", "fc00::/8"],
      ["-A", "ff00::/8"],
      ["-A", "fd00::2/128"],
    ]);
  });
});

describe("addIptablesMasquerade()", () => {
  test("waits for the lock, with a limit", async () => {
    const programs = new FakePrograms();
    await addIptablesMasquerade(programs, owner, [source("10.9.0.2", "10.9.0.0/24")]);
    for (const call of programs.calls)
      expect(call.slice(0, 5)).toEqual(["iptables", "-w", "10", "-t", "nat"]);
  });

  test("adds nothing twice, and exceptions always before MASQUERADE", async () => {
    const programs = new FakePrograms();
    const sources = [source("10.9.0.2", "10.9.0.0/24"), source("10.8.0.2", "10.8.0.0/24"), source("fd00::2")];
    await addIptablesMasquerade(programs, owner, sources);
    const before = structuredClone(programs.lines);
    await addIptablesMasquerade(programs, owner, sources);
    expect(programs.lines).toEqual(before);
    const targets = before["iptables"]?.map((line) => line.split(" ").at(-1));
    expect(targets).toEqual([chain, "ACCEPT", "ACCEPT", "MASQUERADE", chain, chain]);
    expect(await missingIptablesMasquerade(programs, owner, sources)).toEqual([]);
  });

  test.each([
    ["-N", 3, "unsupported"],
    ["-N", 127, "unsupported"],
    ["-C", 4, "busy"],
    ["-A", 1, "failed"],
  ])("says what went wrong when %s ends with %d", async (command, exitCode, reason) => {
    const programs = new FakePrograms();
    programs.failing[command] = exitCode;
    const error = await thrownBy(() => addIptablesMasquerade(programs, owner, [source("10.9.0.2")]));
    expect(error).toMatchObject({ name: "FirewallError", reason });
    expect(String(error)).toContain(`no luck (from "iptables -w 10 -t nat ${command}`);
  });
});

test("missingIptablesMasquerade() names what would have to be added", async () => {
  const missing = await missingIptablesMasquerade(new FakePrograms(), owner, [source("10.9.0.2")]);
  expect(missing).toHaveLength(2);
  expect(missing[1]).toContain(`iptables -t nat -A POSTROUTING -s 10.9.0.2/32`);
});

describe("removeIptablesMasquerade()", () => {
  test("removes chains and jumps of both families, and leaves the others'", async () => {
    const programs = new FakePrograms();
    const other = { network: "n1", containerId: "cid2" };
    await addIptablesMasquerade(programs, other, [source("10.9.0.3", "10.9.0.0/24"), source("fd00::3")]);
    const before = structuredClone(programs.lines);
    await addIptablesMasquerade(programs, owner, [source("10.9.0.2", "10.9.0.0/24"), source("fd00::2")]);
    await removeIptablesMasquerade(programs, owner);
    const sorted = (lines: Record<string, string[]>) => Object.values(lines).map((each) => each.toSorted());
    expect(sorted(programs.lines)).toEqual(sorted(before));
    await removeIptablesMasquerade(programs, owner);
  });

  test("a family that the host cannot have holds nothing", async () => {
    const programs = new FakePrograms();
    programs.failing["-S"] = 3;
    await removeIptablesMasquerade(programs, owner);
    expect(programs.calls).toHaveLength(2);
  });

  test("says what it could not remove", async () => {
    const programs = new FakePrograms();
    await addIptablesMasquerade(programs, owner, [source("10.9.0.2")]);
    programs.failing["-X"] = 4;
    const error = await thrownBy(() => removeIptablesMasquerade(programs, owner));
    expect(error).toMatchObject({ name: "FirewallError", reason: "busy" });
  });
});

test("removalCommands() read a listing as iptables prints it", () => {
  const listing = [
    "-P POSTROUTING ACCEPT",
    `-N ${chain}`,
    "-N CNI-other",
    `-A POSTROUTING -s 10.9.0.2/32 -m comment --comment "name: \\"n1\\" id: \\"cid1\\"" -j ${chain}`,
    `-A POSTROUTING -s 10.9.0.0/24 -g ${chain}`,
    `-A POSTROUTING -m comment --comment "-j ${chain}" -j CNI-other`,
    `-A PREROUTING -j ${chain}`,
    `-A ${chain} -d 10.9.0.0/24 -j ACCEPT`,
  ].join("\n");
  expect(removalCommands(listing, chain)).toEqual([
    ["-D", "POSTROUTING", "-s", "10.9.0.2/32", ...comment, "-j", chain],
    ["-D", "POSTROUTING", "-s", "10.9.0.0/24", "-g", chain],
    ["-F", chain],
    ["-X", chain],
  ]);
  expect(removalCommands(listing, "CNI-none")).toEqual([]);
});

test.each([
  ["a  b", ["a", "b"]],
  ['a "b c" d', ["a", "b c", "d"]],
  ['"" x', ["", "x"]],
  ['"\\\\ \\" "', ['\\ " ']],
  ["", []],
])("splitWords(%j)", (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

describe("ownersIn()", () => {
  const said = '-m comment --comment "name: \\"n1\\" id: \\"cid1\\""';
  const chainOf = (named: typeof owner) => chainName(named, digest);

  test.each<[what: string, listing: string, expected: object[]]>([
    ["a jump", `-A POSTROUTING -s 10.1.0.2/32 ${said} -j ${chain}`, [owner]],
    [
      "a rule of a chain that nothing jumps to",
      `-A ${chain} ! -d 224.0.0.0/4 ${said} -j MASQUERADE`,
      [owner],
    ],
    ["both", `-N ${chain}\n-A POSTROUTING ${said} -j ${chain}\n-A ${chain} ${said} -j MASQUERADE`, [owner]],
    ["somebody's rule with our comment", `-A POSTROUTING ${said} -j MASQUERADE`, []],
    ["another chain with our comment", `-A CNI-DN-ca7a875c2b85fc44a8551 ${said} -j RETURN`, []],
    [
      "another comment",
      `-A ${chain} -m comment --comment "dnat name: \\"n1\\" id: \\"cid1\\"" -j RETURN`,
      [],
    ],
    ["no comment", `-N ${chain}\n-A POSTROUTING -j ${chain}\n-A POSTROUTING -m comment --comment`, []],
    ["nothing", "", []],
  ])("of %s", (_what, listing, expected) => {
    expect(ownersIn(listing, chainOf)).toEqual(expected);
  });
});
