import { expect, test } from "@jest/globals";
import { type FakeNode, describeWith, diff, nodesPerTest } from "../node/index.ts";
import { type Whose, attach, call, detach, expectHealthy, refused } from "./attachment.ts";
import { type Config, bridgeNetwork, fullNetwork, plainBridge } from "./network.ts";
import { remainsAfterDel, remainsAfterFailure } from "./remains.ts";
import { link, linkToGo } from "../node/state.ts";

const startNode = nodesPerTest();
const guarded = { macspoofchk: true };
const forgedMac = "02:00:00:00:00:66";

function whose(name: string): Whose {
  return { netns: name, containerId: name };
}

async function attachIn(node: FakeNode, name: string, config: Config): Promise<string> {
  await node.addNamespace(name);
  const result = await attach(node, config, whose(name));
  return result.interfaces?.[1]?.name ?? "";
}

/** What the table of guards holds, as nft(8) tells it. */
interface Guards {
  readonly rules: number;
  /** "set: key, owner" of every element. */
  readonly elements: readonly string[];
}

interface Listing {
  readonly nftables: readonly {
    readonly set?: {
      readonly name: string;
      readonly elem?: readonly {
        readonly elem: { readonly val: string | { readonly concat: string[] }; readonly comment: string };
      }[];
    };
    readonly rule?: unknown;
  }[];
}

/** Undefined without a table. */
async function guards(node: FakeNode): Promise<Guards | undefined> {
  const listed = await node.run("nft", ["-j", "list", "table", "bridge", "trestle"], { allowFailure: true });
  if (listed.exitCode !== 0) {
    return undefined;
  }
  const { nftables }: Listing = JSON.parse(listed.stdout);
  const elements = nftables.flatMap(({ set }) =>
    (set?.elem ?? []).map(({ elem: { val, comment } }) => {
      const key = typeof val === "string" ? val : val.concat.join(" ");
      return `${set?.name ?? ""}: ${key}, ${comment}`;
    }),
  );
  return {
    rules: nftables.filter(({ rule }) => rule !== undefined).length,
    elements: elements.toSorted(),
  };
}

/** The elements of one attachment. */
async function elementsOf(node: FakeNode, name: string, host: string): Promise<string[]> {
  const { address } = await link(node, name, "eth0");
  return [`allowed: ${host} ${address}, net ${name} eth0`, `guarded: ${host}, net ${name} eth0`];
}

/** Ethernet type for experiments: IEEE 802, "local experimental 1". */
const experimental = "88b5";

/** Sends a frame by a packet socket, which lets a program say any source address: [index, frame in hexadecimal]. */
const sender =
  "socket(my $s, 17, 3, 0) or die $!;" +
  'send($s, pack("H*", $ARGV[1]), 0, pack("SnlSCCx8", 17, 0, $ARGV[0], 0, 0, 6)) or die $!;';

async function sendFrame(node: FakeNode, from: string, source: string, text: string): Promise<void> {
  const { ifindex } = await link(node, from, "eth0");
  const header = `ffffffffffff${source.replaceAll(":", "")}${experimental}`;
  const frame = header + Buffer.from(text.padEnd(46, ".")).toString("hex");
  await node.inNamespace(from, "perl", ["-e", sender, String(ifindex), frame]);
}

/** What CHECK must notice. */
const damages: [what: string, command: string[], says: string][] = [
  ["the guard", ["flush", "set", "bridge", "trestle", "guarded"], "guard of the MAC address on"],
  ["the allowed address", ["flush", "set", "bridge", "trestle", "allowed"], "may not send from"],
  ["the rule", ["flush", "chain", "bridge", "trestle", "prerouting"], "other rules than it should"],
  ["the table", ["delete", "table", "bridge", "trestle"], 'table "bridge trestle" is missing'],
];

const needs = { plugins: ["bridge", "host-local"], commands: ["nft", "tcpdump", "ping", "perl"] };

describeWith(needs, "macspoofchk of bridge", () => {
  test("frames with the container's own address pass, forged ones reach neither bridge nor neighbours", async () => {
    const node = await startNode();
    await attachIn(node, "one", bridgeNetwork(guarded));
    await attachIn(node, "two", bridgeNetwork(guarded));
    await attachIn(node, "open", bridgeNetwork());
    const own = (await link(node, "one", "eth0")).address;
    const ofTwo = (await link(node, "two", "eth0")).address;
    const filter = `ether proto 0x${experimental}`;
    await using atTwo = await node.capture("eth0", filter, { namespace: "two" });
    await using atBridge = await node.capture("br0", filter);
    for (const source of [forgedMac, ofTwo]) {
      await sendFrame(node, "one", source, "from one, forged");
    }
    // An honest one behind them: when it has arrived, they would have.
    await sendFrame(node, "one", own, "from one, honest");
    for (const capture of [atTwo, atBridge]) await capture.waitFor(new RegExp(`^${own} `));
    const learned = (await node.run("bridge", ["fdb", "show", "br", "br0"])).stdout;
    // The same frame from a container that is not guarded.
    await sendFrame(node, "open", forgedMac, "from open, forged");
    for (const capture of [atTwo, atBridge]) {
      await capture.waitFor(new RegExp(`^${forgedMac} `));
      const lines = (await capture.stop()).filter((line) =>
        line.includes(`ethertype Unknown (0x${experimental})`),
      );
      expect(lines.map((line) => line.slice(0, own.length))).toEqual([own, forgedMac]);
    }
    expect(learned).not.toContain(forgedMac);
    expect(learned).toContain(own);
  });

  test("a container that changes its address is off the network until it takes it back", async () => {
    const node = await startNode();
    await attachIn(node, "one", bridgeNetwork(guarded));
    const { address } = await link(node, "one", "eth0");
    expect(await node.ping("one", "10.1.0.1")).toMatchObject({ received: 1 });
    const change = (to: string) => node.inNamespace("one", "ip", ["link", "set", "eth0", "address", to]);
    await change(forgedMac);
    expect(await node.ping("one", "10.1.0.1", { attempts: 1 })).toMatchObject({ received: 0 });
    await change(address);
    expect(await node.ping("one", "10.1.0.1")).toMatchObject({ received: 1 });
  });

  test("the address that the runtime asked for is the one that passes", async () => {
    const node = await startNode();
    const mac = "02:00:00:00:00:42";
    const host = await attachIn(node, "one", bridgeNetwork({ ...guarded, runtimeConfig: { mac } }));
    expect((await guards(node))?.elements).toEqual(await elementsOf(node, "one", host));
    expect((await guards(node))?.elements[0]).toContain(mac);
    expect(await node.ping("one", "10.1.0.1")).toMatchObject({ received: 1 });
  });

  test("one rule for all, and DEL removes the elements of its own attachment", async () => {
    const node = await startNode();
    const config = fullNetwork(guarded);
    const one = await attachIn(node, "one", config);
    const two = await attachIn(node, "two", config);
    const all = [...(await elementsOf(node, "one", one)), ...(await elementsOf(node, "two", two))];
    expect(await guards(node)).toEqual({ rules: 1, elements: all.toSorted() });
    await detach(node, config, whose("one"));
    expect(await guards(node)).toEqual({ rules: 1, elements: await elementsOf(node, "two", two) });
    await detach(node, config, whose("one"));
    expect(await node.ping("two", "10.1.0.1")).toMatchObject({ received: 1 });
    // The configuration of the second DEL does not ask for guards any more, and its namespace is gone.
    await node.removeNamespace("two");
    await detach(node, fullNetwork(), { containerId: "two" });
    expect(await guards(node)).toEqual({ rules: 1, elements: [] });
  });

  test("without it there is no table, before and after", async () => {
    const node = await startNode();
    await attachIn(node, "one", fullNetwork());
    expect(await guards(node)).toBeUndefined();
    await detach(node, fullNetwork(), whose("one"));
    expect(await guards(node)).toBeUndefined();
  });

  test("layer 2 networks are guarded as well", async () => {
    const node = await startNode();
    const config = plainBridge(guarded);
    await node.addNamespace("one");
    const result = await attach(node, config, whose("one"));
    expect((await guards(node))?.elements).toHaveLength(2);
    await expectHealthy(node, config, result, whose("one"));
    await detach(node, config, whose("one"));
    expect((await guards(node))?.elements).toEqual([]);
  });

  test("what others have in the firewall stays as it is", async () => {
    const node = await startNode();
    const theirs = `
      table bridge nat {
        chain PREROUTING {
          type filter hook prerouting priority -300; policy accept;
          iifname "veth1" jump cni-br-iface-x comment "macspoofchk-x-eth0"
        }
        chain cni-br-iface-x { drop; }
      }
      table bridge other {
        set allowed {
          type ether_addr
          elements = { 02:00:00:00:00:01 }
        }
      }
      table netdev trestle { }`;
    await node.run("nft", ["-f", "-"], { input: theirs });
    await node.addNamespace("one");
    const before = await node.snapshot();
    const config = fullNetwork(guarded);
    await attach(node, config, whose("one"));
    await detach(node, config, whose("one"));
    const emptyTable = /^\+ network \/ nftables \/ bridge trestle: (?!.*"elem")/;
    const remains = [...remainsAfterDel("br0"), emptyTable];
    expect(diff(before, await node.snapshot(), { ignore: remains })).toEqual([]);
  });

  test.each(damages)("CHECK notices when %s is gone", async (_what, command, says) => {
    const node = await startNode();
    const config = bridgeNetwork(guarded);
    await node.addNamespace("one");
    const result = await attach(node, config, whose("one"));
    await expectHealthy(node, config, result, whose("one"));
    await node.run("nft", command);
    const refusal = await refused(node, "CHECK", { ...config, prevResult: result }, whose("one"));
    expect(refusal).toMatchObject({ msg: expect.stringContaining(says) });
    await expectHealthy(node, bridgeNetwork(), result, whose("one"));
    await detach(node, config, whose("one"));
  });

  test("the next ADD mends a table that lost its rule, and replaces what was left for the host end", async () => {
    const node = await startNode();
    const host = await attachIn(node, "one", bridgeNetwork(guarded));
    // Gone without DEL: the link goes with the namespace, the elements stay.
    await node.removeNamespace("one");
    await linkToGo(node, host);
    await node.run("nft", ["flush", "chain", "bridge", "trestle", "prerouting"]);
    await call(node, "DEL", { ...plainBridge(), name: "other" }, whose("one"));
    expect((await guards(node))?.elements).toHaveLength(2);
    const other = bridgeNetwork({ ...guarded, name: "other", runtimeConfig: { mac: "02:00:00:00:00:42" } });
    expect(await attachIn(node, "one", other)).toBe(host);
    expect(await guards(node)).toEqual({
      rules: 1,
      elements: [`allowed: ${host} 02:00:00:00:00:42, other one eth0`, `guarded: ${host}, other one eth0`],
    });
  });

  const failures: [what: string, foreign: string, more: Config, code: number, says: string][] = [
    [
      "a table of our name that is somebody else's",
      "table bridge trestle { chain prerouting { type filter hook input priority 0; policy accept; }\n}",
      {},
      108,
      "nft delete table bridge trestle",
    ],
    [
      "no address to be had, when the guard is there already",
      "table bridge trestle { }",
      { runtimeConfig: { ips: ["10.9.0.1/24"] } },
      102,
      "10.9.0.1",
    ],
  ];

  test.each(failures)("ADD fails without a trace: %s", async (_what, foreign, more, code, says) => {
    const node = await startNode();
    await node.run("nft", ["-f", "-"], { input: foreign });
    await node.addNamespace("one");
    const before = await node.snapshot();
    const refusal = await refused(node, "ADD", bridgeNetwork({ ...guarded, ...more }), whose("one"));
    expect(refusal).toMatchObject({ code, msg: expect.stringContaining(says) });
    const filled = /^[+~] network \/ nftables \/ bridge trestle \/ (set|chain) \w+: (?!.*"elem")/;
    const differences = diff(before, await node.snapshot(), { ignore: [...remainsAfterFailure(), filled] });
    expect(differences).toEqual([]);
  });
});
