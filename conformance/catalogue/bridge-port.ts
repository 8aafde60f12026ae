/** BRG-20 to BRG-23: what the host end is as port of the bridge. */
import { link, port } from "../node/state.ts";
import { claim, claimNone, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import type { Trial } from "../suite/trial.ts";
import { addAndFindHostEnd, bridgeName, claimReaches, four, isUp, network } from "./bridge-network.ts";
import { keepAsking } from "./bridge-traffic.ts";

export const bridgePortClauses: readonly Clause[] = [
  {
    id: "BRG-20a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: hairpinMode",
    statement: "hairpinMode switches the port's hairpin flag on; without the key it is off.",
    observed: "ADD with and without it; then the flags of both ports.",
    run: async (trial) => claimPortFlag(trial, "hairpinMode", "hairpin"),
  },
  {
    id: "BRG-20b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: hairpinMode",
    isVersionless: true,
    needs: ["ping", "tcpdump"],
    statement: "With hairpinMode a frame can leave by the port that it came in by, else it cannot.",
    observed:
      "A container that asks everybody for an address hears its own question with the key; the one without does not.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      const two = await trial.addBox("two");
      await trial.add({ config: network(trial, { hairpinMode: true }), of: two });
      const question = "Request who-has 10.88.0.99";
      await using atOne = await trial.node.capture("eth0", "arp", { namespace: "one", isIncoming: true });
      await using atTwo = await trial.node.capture("eth0", "arp", { namespace: "two", isIncoming: true });
      await using _one = await keepAsking(trial, "one", "10.88.0.99");
      await atTwo.waitFor(new RegExp(`${question}.*tell ${four.first}`));
      await using _two = await keepAsking(trial, "two", "10.88.0.99");
      await atTwo.waitFor(new RegExp(`${question}.*tell ${four.second}`));
      const heard = (await atOne.stop()).filter((line) => line.includes(`tell ${four.first}`));
      claimNone("without hairpinMode a container heard itself", heard);
    },
  },
  {
    id: "BRG-21",
    strength: "MUST",
    profile: "compat",
    section: "bridge: promiscMode",
    statement: "promiscMode makes the bridge promiscuous; without the key it is not.",
    observed: "ADD without the key and then with it; the bridge's flags after each.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      const before = await link(trial.node, null, bridgeName);
      claim(!before.flags.includes("PROMISC"), "without promiscMode the bridge must not be promiscuous");
      const two = await trial.addBox("two");
      await trial.add({ config: network(trial, { promiscMode: true }), of: two });
      const after = await link(trial.node, null, bridgeName);
      claim(after.flags.includes("PROMISC"), "with promiscMode the bridge must be promiscuous");
    },
  },
  {
    id: "BRG-22a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: promiscMode",
    statement: "hairpinMode and promiscMode together are refused.",
    observed: "ADD with both fails; with each of them alone it succeeds.",
    run: async (trial) => {
      await trial.fail("ADD", { config: network(trial, { hairpinMode: true, promiscMode: true }) });
      await trial.add({ config: network(trial, { hairpinMode: true }) });
      const two = await trial.addBox("two");
      await trial.add({ config: network(trial, { promiscMode: true }), of: two });
    },
  },
  {
    id: "BRG-22b",
    strength: "MUST",
    profile: "quality",
    section: "bridge: promiscMode",
    statement: "What is refused for hairpinMode and promiscMode together changes nothing.",
    observed: "Host and container before and after; then ADD with one of them succeeds.",
    run: async (trial) => {
      const before = await trial.snapshot();
      await trial.fail("ADD", { config: network(trial, { hairpinMode: true, promiscMode: true }) });
      await trial.claimUnchanged("a refused ADD changed the host", before);
      await trial.add({ config: network(trial, { hairpinMode: true }) });
    },
  },
  {
    id: "BRG-23a",
    strength: "MUST",
    profile: "compat",
    section: "bridge: portIsolation",
    statement: "portIsolation switches the port's isolated flag on; without the key it is off.",
    observed: "ADD with and without it; then the flags of both ports.",
    run: async (trial) => claimPortFlag(trial, "portIsolation", "isolated"),
  },
  {
    id: "BRG-23b",
    strength: "MUST",
    profile: "compat",
    section: "bridge: portIsolation",
    isVersionless: true,
    needs: ["ping", "tcpdump"],
    statement:
      "Isolated containers do not reach each other, but the gateway and ports that are not isolated.",
    observed:
      "A question of one isolated container comes to the bridge and not to the other isolated one, to which a question of a third, not isolated, does come.",
    run: async (trial) => {
      const config = network(trial, { portIsolation: true });
      await trial.add({ config });
      const two = await trial.addBox("two");
      await trial.add({ config, of: two });
      const three = await trial.addBox("three");
      await trial.add({ config: network(trial), of: three });
      await using atTwo = await trial.node.capture("eth0", "arp", { namespace: "two" });
      await using atBridge = await trial.node.capture(bridgeName, "arp");
      await using _asking = await keepAsking(trial, "one", four.second);
      await atBridge.waitFor(new RegExp(`who-has ${four.second}.*tell ${four.first}`));
      await claimReaches(trial, "one", four.gateway);
      await claimReaches(trial, "three", four.second);
      await claimReaches(trial, "three", four.first);
      await atTwo.waitFor(new RegExp(`who-has ${four.second}.*tell 10\\.88\\.0\\.4`));
      const heard = (await atTwo.stop()).filter((line) => line.includes(`tell ${four.first}`));
      claimNone("an isolated container heard another one", heard);
    },
  },
  {
    id: "BRG-23c",
    strength: "MAY",
    profile: "quality",
    section: "bridge: portIsolation",
    statement: 'The text "true", which the documentation of the reference plugin shows, is taken for true.',
    observed: 'ADD with portIsolation "true"; then the port\'s flag.',
    run: async (trial) => {
      const host = await addAndFindHostEnd(trial, { config: network(trial, { portIsolation: "true" }) });
      claimSame("the port's isolated flag", (await port(trial.node, host))["isolated"], true);
    },
  },
  {
    id: "BRG-24",
    strength: "MUST",
    profile: "compat",
    section: "bridge",
    needs: ["ping"],
    statement: "The host end is up and a port of the bridge, and traffic passes at once.",
    observed: "ADD; the host end's flags and bridge; the container is reached from the host and the reverse.",
    run: async (trial) => {
      const host = await addAndFindHostEnd(trial, { config: network(trial) });
      const found = await link(trial.node, null, host);
      claim(isUp(found), `the host end "${host}" must be up, and it is down`);
      claimSame("the bridge of the host end", found.master, bridgeName);
      await claimReaches(trial, "one", four.gateway);
      await claimReaches(trial, null, four.first);
    },
  },
];

async function claimPortFlag(trial: Trial, key: string, flag: string): Promise<void> {
  const off = await addAndFindHostEnd(trial, { config: network(trial) });
  const two = await trial.addBox("two");
  const on = await addAndFindHostEnd(trial, { config: network(trial, { [key]: true }), of: two });
  claimSame(`the flag "${flag}" without ${key}`, (await port(trial.node, off))[flag], false);
  claimSame(`the flag "${flag}" with ${key}`, (await port(trial.node, on))[flag], true);
}
