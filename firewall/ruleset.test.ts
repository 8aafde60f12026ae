import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parseAddress } from "../inet/address.ts";
import { parsePrefix } from "../inet/prefix.ts";
import { messageFlags, type Message, type Request } from "../netlink/message.ts";
import { layOut, parseGoldens, without } from "../netlink/nftables/goldens/golden.ts";
import { nftablesMessageTypes as types } from "../netlink/nftables/headers.ts";
import { additions } from "./element-requests.ts";
import { masqueradeContents } from "./egress-masquerade.ts";
import { rulesetFaults } from "./ruleset-faults.ts";
import { rulesetRequests } from "./ruleset.ts";
import { FakeNftables } from "./fake-nftables.ts";

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

describe("rulesetRequests() say what nft(8) says", () => {
  const table = golden("table");
  const requests = rulesetRequests();

  test("of the table, but for saying that it is to be created", () => {
    const isFlags = (path: string) => path === "flags";
    expect(sent(requests, types.newTable).map((laidOut) => without(laidOut, isFlags))).toEqual(
      recorded(table, types.newTable).map((laidOut) => without(laidOut, isFlags)),
    );
  });

  test("of the chains", () => {
    expect(sent(requests, types.newChain)).toEqual(recorded(table, types.newChain));
  });

  test("of the sets, but for their number in the batch and notes of nft(8) for itself", () => {
    const isNote = (path: string) => path === "10" || path === "13";
    const ours = sent(requests, types.newSet);
    expect(ours.map((laidOut) => without(laidOut, isNote))).toEqual(
      recorded(table, types.newSet).map((laidOut) => without(laidOut, isNote)),
    );
    expect(new Set(ours.map((laidOut) => laidOut["10"])).size).toBe(4);
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

test("additions() say what nft(8) says, but that nothing may be there, and not the number of the set", () => {
  const requests = additions(
    masqueradeContents({
      ownerLabel: "net1 cid1 eth0",
      interfaceName: "cni0",
      sources: [
        { address: parseAddress("10.1.0.4"), direct: ["10.1.0.4/16", "192.168.7.0/24"].map(parsePrefix) },
        { address: parseAddress("fd00::4"), direct: [parsePrefix("fd00::4/64")] },
      ],
    }),
  );
  const isOther = (path: string) => path === "4" || path === "flags";
  expect(sent(requests, types.newSetElements).map((laidOut) => without(laidOut, isOther))).toEqual(
    recorded(golden("elements"), types.newSetElements).map((laidOut) => without(laidOut, isOther)),
  );
});

test("rulesetFaults() finds nothing in what the kernel lists", () => {
  const listed = golden("listed");
  const bodies = (type: number) => listed.filter((message) => message.type === type).map(({ body }) => body);
  const [tableBody = new Uint8Array(4)] = bodies(types.newTable);
  const [egress4, egress6, postrouting] = bodies(types.newChain);
  const firewall = new FakeNftables();
  firewall.table = {
    body: tableBody,
    sets: new Map(),
    chains: new Map(
      Object.entries({ egress4, egress6, postrouting }).flatMap(([name, body]) =>
        body === undefined ? [] : [[name, body] as const],
      ),
    ),
    rules: bodies(types.newRule).map((body) => ({ chain: "", body })),
  };
  expect(firewall.table.rules).toHaveLength(8);
  expect(rulesetFaults(firewall.conversation)).toEqual([]);
  firewall.table.rules.reverse();
  expect(rulesetFaults(firewall.conversation)).toHaveLength(3);
});
