/** BRG-50: frames that claim to be from somebody else. */
import { link } from "../node/state.ts";
import { claim, claimMatch, claimNone } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { destroy } from "./footprint.ts";
import { addAndFindHostEnd, bridgeName, claimReaches, four, network, shell } from "./bridge-network.ts";
import { keepAsking } from "./bridge-traffic.ts";

const section = "bridge: macspoofchk";
const guarded = { macspoofchk: true };
const forged = { guarded: "02:00:00:00:00:66", open: "02:00:00:00:00:67" };

export const bridgeSpoofingClauses: readonly Clause[] = [
  {
    id: "BRG-50a",
    strength: "MUST",
    profile: "compat",
    section,
    isVersionless: true,
    needs: ["nf_tables", "ping", "tcpdump"],
    statement: "With macspoofchk frames from another than the container's own MAC address are dropped.",
    observed:
      "A guarded container changes its address: its frames leave the host end and do not come to the bridge. They do with its own address, and those of a container that is not guarded do with a forged one.",
    run: async (trial) => {
      const host = await addAndFindHostEnd(trial, { config: network(trial, guarded) });
      await trial.add({ config: network(trial), of: await trial.addBox("open") });
      await using atHostEnd = await trial.node.capture(host, "arp");
      await using atBridge = await trial.node.capture(bridgeName, "arp or icmp");
      const { address: own } = await link(trial.node, "one", "eth0");
      await changeMac(trial, "one", forged.guarded);
      const asking = await keepAsking(trial, "one", four.gateway);
      await atHostEnd.waitFor(new RegExp(`^${forged.guarded} `));
      await asking.stop("KILL");
      await changeMac(trial, "one", own);
      await claimReaches(trial, "one", four.gateway);
      await changeMac(trial, "open", forged.open);
      await claimReaches(trial, "open", four.gateway);
      for (const mac of [own, forged.open]) await atBridge.waitFor(new RegExp(`^${mac} `));
      const arrived = (await atBridge.stop()).filter((line) => line.startsWith(forged.guarded));
      claimNone("forged frames came to the bridge", arrived);
    },
  },
  {
    id: "BRG-50b",
    strength: "MUST",
    profile: "compat",
    section,
    isVersionless: true,
    needs: ["nf_tables", "ping", "tcpdump"],
    statement: "The address that the runtime asked for is the one that may send.",
    observed:
      "ADD with a MAC address in runtimeConfig: the gateway is reached; with another address it is not heard.",
    run: async (trial) => {
      const config = network(trial, { ...guarded, runtimeConfig: { mac: "02:00:00:00:00:42" } });
      const host = await addAndFindHostEnd(trial, { config });
      await claimReaches(trial, "one", four.gateway);
      await using atHostEnd = await trial.node.capture(host, "arp");
      await using atBridge = await trial.node.capture(bridgeName, "arp or icmp");
      await changeMac(trial, "one", forged.guarded);
      const asking = await keepAsking(trial, "one", four.gateway);
      await atHostEnd.waitFor(new RegExp(`^${forged.guarded} `));
      await asking.stop("KILL");
      await changeMac(trial, "one", "02:00:00:00:00:42");
      await claimReaches(trial, "one", four.gateway);
      await atBridge.waitFor(/^02:00:00:00:00:42 /);
      const arrived = (await atBridge.stop()).filter((line) => line.startsWith(forged.guarded));
      claimNone("forged frames came to the bridge", arrived);
    },
  },
  {
    id: "BRG-50c",
    strength: "MUST",
    profile: "quality",
    section,
    needs: ["nf_tables", "ping"],
    statement:
      "DEL takes the rules against forged frames of its own container away, and leaves those of others.",
    observed:
      "Two guarded containers, DEL of one: nf_tables names its host end and its address no more, and the other's still.",
    run: async (trial) => {
      const config = network(trial, guarded);
      const result = await trial.add({ config });
      const gone = await namesOf(trial, "one");
      await trial.add({ config, of: await trial.addBox("two") });
      const kept = await namesOf(trial, "two");
      await claimGuarded(trial, gone);
      await trial.succeed("DEL", { config, ...trial.final(result) });
      await claimNotNamed(trial, gone);
      await claimGuarded(trial, kept);
      await claimReaches(trial, "two", four.gateway);
    },
  },
  {
    id: "BRG-50d",
    strength: "MUST",
    profile: "quality",
    section,
    needs: ["nf_tables"],
    statement: "DEL takes the rules against forged frames away also where the namespace is gone.",
    observed: "ADD, the namespace deleted, DEL: nf_tables names host end and address no more.",
    run: async (trial) => {
      const config = network(trial, guarded);
      const result = await trial.add({ config });
      const gone = await namesOf(trial, "one");
      await claimGuarded(trial, gone);
      await destroy(trial, trial.box);
      await trial.succeed("DEL", { config, ...trial.final(result) });
      await claimNotNamed(trial, gone);
    },
  },
  {
    id: "BRG-50e",
    strength: "SHOULD",
    profile: "quality",
    section,
    isVersionless: true,
    needs: ["nf_tables", "ping"],
    statement: "Containers are guarded whatever the length of their id.",
    observed:
      "ADD with an id of 200 characters: the gateway is reached, nf_tables names the host end, and DEL succeeds.",
    run: async (trial) => {
      const of = { ...trial.box, containerId: "a".repeat(200) };
      const config = network(trial, guarded);
      const result = await trial.add({ config, of });
      await claimReaches(trial, "one", four.gateway);
      const gone = await namesOf(trial, "one");
      await claimGuarded(trial, gone);
      await trial.succeed("DEL", { config, of, ...trial.final(result) });
      await claimNotNamed(trial, gone);
    },
  },
  {
    id: "BRG-50f",
    strength: "SHOULD",
    profile: "quality",
    section,
    since: "0.4.0",
    needs: ["nf_tables"],
    statement: "CHECK finds that the guard is gone.",
    observed: "ADD and CHECK succeed; with nf_tables emptied CHECK fails.",
    run: async (trial) => {
      const config = network(trial, guarded);
      const previous = await trial.add({ config });
      await trial.succeed("CHECK", { config, previous });
      await shell(trial, "nft flush ruleset");
      await trial.fail("CHECK", { config, previous });
    },
  },
  {
    id: "BRG-50g",
    strength: "quirk",
    profile: "compat",
    section,
    isVersionless: true,
    needs: ["nf_tables"],
    statement:
      "The rules are in the table nat of the bridge family, in chains named by container and interface.",
    observed: "ADD; then what nft(8) lists of that table.",
    run: async (trial) => {
      await trial.add({ config: network(trial, guarded) });
      const { stdout } = await trial.node.run("nft", ["list", "table", "bridge", "nat"], {
        allowFailure: true,
      });
      const { containerId, ifname } = trial.box;
      claimMatch("the table bridge nat", stdout, new RegExp(`chain cni-br-iface-${containerId}-${ifname} `));
      claimMatch("the table bridge nat", stdout, new RegExp(`"macspoofchk-${containerId}-${ifname}"`));
    },
  },
];

async function changeMac(trial: Trial, name: string, address: string): Promise<void> {
  await shell(trial, `ip -n ${name} link set eth0 address ${address}`);
}

/** What a rule about a container's frames must name one of, whoever made it. */
async function namesOf(trial: Trial, name: string): Promise<readonly string[]> {
  const inside = await link(trial.node, name, "eth0");
  const host = await shell(trial, `ip -o link | sed -n 's/^${inside.link_index ?? 0}: \\([^@:]*\\).*/\\1/p'`);
  return [host, inside.address];
}

async function ruleset(trial: Trial): Promise<string> {
  return shell(trial, "nft list ruleset");
}

async function claimGuarded(trial: Trial, names: readonly string[]): Promise<void> {
  const listing = await ruleset(trial);
  for (const name of names) claim(listing.includes(name), `nf_tables must have a rule that names ${name}`);
}

async function claimNotNamed(trial: Trial, names: readonly string[]): Promise<void> {
  const lines = (await ruleset(trial)).split("\n");
  const left = lines.filter((line) => names.some((name) => line.includes(name)));
  claimNone("DEL left rules", left);
}
