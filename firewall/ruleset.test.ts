import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parseAddress } from "../inet/address.ts";
import { parseMac } from "../inet/mac.ts";
import { parsePrefix } from "../inet/prefix.ts";
import { messageFlags, type Message, type Request } from "../netlink/message.ts";
import { layOut, parseGoldens, without } from "../netlink/nftables/goldens/golden.ts";
import { nftablesMessageTypes as types } from "../netlink/nftables/headers.ts";
import { additions } from "./element-requests.ts";
import { masqueradeContents } from "./egress-masquerade.ts";
import { guardRuleset } from "./guard-ruleset.ts";
import { guardTable, masqueradeTable } from "./layout.ts";
import { guardContents } from "./mac-guard.ts";
import { masqueradeRuleset } from "./masquerade-ruleset.ts";
import { rulesetFaults } from "./ruleset-faults.ts";
import { rulesetRequests } from "./ruleset.ts";
import { FakeNftables, type FakeTable } from "./fake-nftables.ts";

function golden(name: string): Message[] {
  return parseGoldens(readFileSync(`netlink/nftables/goldens/${name}.hex`, "utf8"));
}

function sent(requests: readonly Request[], type: number) {
  return requests
    .filter((request) => request.type === type)
    .map((request) => layOut({ ...request, flags: request.flags | messageFlags.request }));
}

function recorded(messages: readonly Message[], type: number) {
  return messages.filter((message) => message.type === type).map(layOut);
}

const tables = [
  [masqueradeTable.title, { ruleset: masqueradeRuleset, prefix: "", sets: 4, rules: 8 }],
  [guardTable.title, { ruleset: guardRuleset, prefix: "guard-", sets: 2, rules: 1 }],
] as const;

describe.each(tables)("rulesetRequests() say what nft(8) says for %s", (_title, expected) => {
  const table = golden(`${expected.prefix}table`);
  const requests = rulesetRequests(expected.ruleset);

  test("of the table, but for saying that it is to be created", () => {
    const isFlags = (path: string) => path === "flags";
    expect(sent(requests, types.newTable).map((laidOut) => without(laidOut, isFlags))).toEqual(
      recorded(table, types.newTable).map((laidOut) => without(laidOut, isFlags)),
    );
  });

  test("of the chains", () => {
    expect(sent(requests, types.newChain)).toEqual(recorded(table, types.newChain));
  });

  test("of the sets, but for their number in the batch and notes of nft(8) on keys of more than one field", () => {
    const ours = sent(requests, types.newSet);
    const isOther = (path: string) => path === "10";
    const isNote = (path: string, at: number) => path === "13" && ours[at]?.["13"] === undefined;
    expect(ours.map((laidOut) => without(laidOut, isOther))).toEqual(
      recorded(table, types.newSet).map((laidOut, at) =>
        without(laidOut, (path) => isOther(path) || isNote(path, at)),
      ),
    );
    expect(new Set(ours.map((laidOut) => laidOut["10"])).size).toBe(expected.sets);
  });

  test("of the rules, but for the number of the set in the batch", () => {
    const lookups = /^(4\/#\d+\/2)\/4$/;
    const theirs = recorded(table, types.newRule).map((laidOut) =>
      without(laidOut, (path) => {
        const expression = lookups.exec(path)?.[1];
        // NFTA_EXPR_NAME is "lookup".
        return expression !== undefined && laidOut[expression.replace(/2$/, "1")] === "6c6f6f6b757000";
      }),
    );
    expect(sent(requests, types.newRule)).toEqual(theirs);
  });
});

const ownerLabel = "net1 cid1 eth0";

const elements = [
  [
    masqueradeTable,
    "elements",
    masqueradeContents({
      ownerLabel,
      interfaceName: "cni0",
      sources: [
        { address: parseAddress("10.1.0.4"), direct: ["10.1.0.4/16", "192.168.7.0/24"].map(parsePrefix) },
        { address: parseAddress("fd00::4"), direct: [parsePrefix("fd00::4/64")] },
      ],
    }),
  ],
  [
    guardTable,
    "guard-elements",
    guardContents({ ownerLabel, hostEnd: "veth0123456789a", mac: parseMac("02:00:00:00:00:0a") }),
  ],
] as const;

test.each(elements)(
  "additions() for $title say what nft(8) says, but that nothing may be there, and not the number of the set",
  (table, name, contents) => {
    const isOther = (path: string) => path === "4" || path === "flags";
    const ours = sent(additions(table, contents), types.newSetElements);
    expect(ours.map((laidOut) => without(laidOut, isOther))).toEqual(
      recorded(golden(name), types.newSetElements).map((laidOut) => without(laidOut, isOther)),
    );
  },
);

/** A table as the kernel listed it. */
function listedTable(messages: readonly Message[], chainNames: readonly string[]): FakeTable {
  const bodies = (type: number) =>
    messages.filter((message) => message.type === type).map(({ body }) => body);
  const [body = new Uint8Array(4)] = bodies(types.newTable);
  const chainBodies = bodies(types.newChain);
  return {
    body,
    sets: new Map(),
    chains: new Map(chainNames.map((name, at) => [name, chainBodies[at] ?? new Uint8Array(4)])),
    rules: bodies(types.newRule).map((rule) => ({ chain: "", body: rule })),
  };
}

test.each(tables)("rulesetFaults() finds nothing in what the kernel lists of %s", (_title, expected) => {
  const { ruleset, prefix, rules } = expected;
  const names = ruleset.chains.map(({ name }) => name);
  const firewall = new FakeNftables(ruleset.table);
  firewall.table = listedTable(golden(`${prefix}listed`), names);
  expect(firewall.table.rules).toHaveLength(rules);
  expect(rulesetFaults(firewall.conversation, ruleset)).toEqual([]);
  firewall.table.rules.reverse();
  if (rules === 1) firewall.table.rules.pop();
  expect(rulesetFaults(firewall.conversation, ruleset)).toHaveLength(names.length);
});
