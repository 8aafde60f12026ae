/** BRG-13: settings of links and addresses. */
import { addresses, addressTexts, link, setting } from "../node/state.ts";
import { claim, claimMatch, claimSame } from "../suite/claim.ts";
import type { Clause } from "../suite/clause.ts";
import {
  addAndFindHostEnd,
  bridgeName,
  claimReaches,
  firstText,
  four,
  hostLocal,
  isUp,
  network,
  shell,
  six,
} from "./bridge-network.ts";

export const bridgeSettingClauses: readonly Clause[] = [
  {
    id: "BRG-13a",
    strength: "SHOULD",
    profile: "compat",
    section: "bridge",
    needs: ["ipv6"],
    statement: "Addresses of IPv6 stay when the container's link goes down and up again.",
    observed: "ADD; the link set down and up by hand; then its addresses.",
    run: async (trial) => {
      await trial.add({ config: network(trial, { ipam: hostLocal([six]) }) });
      await shell(trial, "ip -n one link set eth0 down; ip -n one link set eth0 up");
      claimSame("addresses of eth0", await addressTexts(trial.node, "one", "eth0"), [firstText(six)]);
    },
  },
  {
    id: "BRG-13f",
    strength: "MUST",
    profile: "compat",
    section: "bridge",
    needs: ["ipv6", "ping"],
    statement: "IPv6 works in a namespace where it was switched off.",
    observed: "ADD of a subnet of IPv6 in a namespace with disable_ipv6; the gateway is reached.",
    run: async (trial) => {
      const off = "for name in all default lo; do echo 1 > /proc/sys/net/ipv6/conf/$name/disable_ipv6; done";
      await trial.node.inNamespace("one", "sh", ["-ec", off]);
      await trial.add({ config: network(trial, { ipam: hostLocal([six]) }) });
      claimSame("addresses of eth0", await addressTexts(trial.node, "one", "eth0"), [firstText(six)]);
      await claimReaches(trial, "one", six.gateway);
    },
  },
  {
    id: "BRG-13b",
    strength: "SHOULD",
    profile: "compat",
    section: "bridge",
    needs: ["ipv6"],
    statement: "Router advertisements of containers change nothing on the host.",
    observed: "ADD; then accept_ra of the bridge is 0.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      const value = await setting(trial.node, null, `ipv6/conf/${bridgeName}/accept_ra`);
      claimSame("accept_ra of the bridge", value, "0");
    },
  },
  {
    id: "BRG-13e",
    strength: "quirk",
    profile: "compat",
    section: "bridge",
    needs: ["ipv6"],
    statement: "The host end takes no router advertisements, also when it is taken off the bridge.",
    observed: "ADD; then accept_ra of the host end is 0.",
    run: async (trial) => {
      const host = await addAndFindHostEnd(trial, { config: network(trial) });
      claimSame(
        "accept_ra of the host end",
        await setting(trial.node, null, `ipv6/conf/${host}/accept_ra`),
        "0",
      );
    },
  },
  {
    id: "BRG-13c",
    strength: "SHOULD",
    profile: "compat",
    section: "bridge",
    statement: "An IPv4 address has the broadcast address of its subnet.",
    observed: "ADD; then what ip(8) says about the container's address.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      const [address] = await addresses(trial.node, "one", "eth0");
      claimMatch("the broadcast address", address?.broadcast, /^10\.88\.0\.255$/);
    },
  },
  {
    id: "BRG-13d",
    strength: "quirk",
    profile: "compat",
    section: "bridge",
    needs: ["ping"],
    statement: "The container's loopback interface is left as it was found.",
    observed: "ADD in a namespace whose lo is down; lo is still down, and the gateway is reached.",
    run: async (trial) => {
      await trial.add({ config: network(trial) });
      claim(!isUp(await link(trial.node, "one", "lo")), "lo must be down as before, and it is up");
      await claimReaches(trial, "one", four.gateway);
    },
  },
];
