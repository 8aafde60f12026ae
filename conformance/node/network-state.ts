import { type Json, type JsonObject, isList, isObject, parseList, record, without, word } from "./json.ts";
import { readRuleset } from "./ruleset.ts";

type Facts = Readonly<Record<string, Json>>;

/** State of one network namespace; in each part a record from a name that a person recognises to the facts. */
export interface NetworkState {
  /** By interface name, from `ip -j -d link`. */
  readonly links: Facts;
  /** By "interface address/length". */
  readonly addresses: Facts;
  /** By "family destination" and what tells two routes to it apart; all tables. */
  readonly routes: Facts;
  /** By "family priority". */
  readonly rules: Facts;
  /** Permanent and proxy neighbours only. */
  readonly neighbours: Facts;
  /** By interface name, from `bridge -j -d link`. */
  readonly bridgePorts: Facts;
  /** By interface name, from `bridge -j vlan`. */
  readonly vlans: Facts;
  /** By "interface kind", from `tc -j qdisc`. */
  readonly queues: Facts;
  readonly filters: Facts;
  /** nf_tables by table, then by chain, set or map. */
  readonly nftables: Facts;
  /** Lines of `iptables-save` and `ip6tables-save` by table. */
  readonly iptables: Facts;
  /** Values below `/proc/sys/net` of interfaces, forwarding and bridges, by folder and name. */
  readonly settings: Facts;
}

/** What changes by itself, or differs between two nodes that agree: numbers, timers, counters, carrier. */
const volatile = names(`
  ifindex link_index link_netnsid stats stats64 operstate promiscuity allmulti
  num_tx_queues num_rx_queues gso_max_size gso_max_segs tso_max_size tso_max_segs
  gro_max_size gso_ipv4_max_size gro_ipv4_max_size
  valid_life_time preferred_life_time tentative dadfailed expires used cacheinfo
  handle refcnt`);

/** The spanning tree's state of a bridge and of its ports, kept by the kernel even where the protocol is off. */
const spanningTree = names(`
  hello_timer tcn_timer topology_change_timer gc_timer hold_timer message_age_timer forward_delay_timer
  topology_change topology_change_detected topology_change_ack config_pending
  root_id root_port root_path_cost bridge_id fdb_n_learned state no id
  designated_bridge designated_port designated_cost`);

/** Flags that only tell whether the other end is there. */
const carrierFlags = new Set(["LOWER_UP", "NO-CARRIER", "M-DOWN", "linkdown", "dead"]);

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Turns the output of snapshot.sh for one namespace into facts. */
export function readNetwork(text: string): NetworkState {
  const parts = new Map<string, string>();
  for (const part of text.split(/^=== /m).slice(1)) {
    const end = part.indexOf("\n");
    parts.set(part.slice(0, end), part.slice(end + 1));
  }
  const part = (name: string): string => parts.get(name) ?? "";
  const list = (name: string, key: (item: JsonObject) => string): Facts =>
    record(parseList(part(name)).map((item) => [key(item), steady(item)]));
  return {
    links: record(parseList(part("links")).map(linkFact)),
    addresses: record(parseList(part("addresses")).flatMap(addressFacts)),
    routes: record([
      ...parseList(part("routes4")).map((route) => routeFact("ipv4", route)),
      ...parseList(part("routes6"))
        .filter((route) => isLasting(route) && !isDerived(route))
        .map((route) => routeFact("ipv6", route)),
    ]),
    rules: {
      ...list("rules4", (rule) => `ipv4 ${word(rule["priority"])}`),
      ...list("rules6", (rule) => `ipv6 ${word(rule["priority"])}`),
    },
    neighbours: record(
      [...parseList(part("neighbours")), ...parseList(part("proxies"))]
        .filter(
          (neighbour) => !word(neighbour["dst"]).startsWith("ff") && word(neighbour["state"]) !== "NOARP",
        )
        .map((neighbour) => [`${word(neighbour["dev"])} ${word(neighbour["dst"])}`, steady(neighbour)]),
    ),
    bridgePorts: record(
      parseList(part("bridgePorts")).map((port) => [
        word(port["ifname"]),
        without(steady(port), spanningTree),
      ]),
    ),
    vlans: list("vlans", (port) => word(port["ifname"])),
    queues: list("queues", (queue) => `${word(queue["dev"])} ${word(queue["kind"])}`),
    filters: list("filters", (filter) => word(filter["protocol"])),
    nftables: readRuleset(part("nftables")),
    iptables: { ...saved("ipv4", part("iptables")), ...saved("ipv6", part("ip6tables")) },
    settings: settingFacts(part("settings").split("\n").filter(isSetting)),
  };
}

function steady(item: JsonObject): JsonObject {
  const kept = without(item, volatile);
  const flags = item["flags"];
  const result = isObject(kept) ? kept : {};
  return isList(flags) ? { ...result, flags: flags.filter((flag) => !carrierFlags.has(word(flag))) } : result;
}

function linkFact(link: JsonObject): [string, Json] {
  const info = link["linkinfo"];
  const fact = steady(link);
  return [
    word(link["ifname"]),
    isObject(info) && JSON.stringify(info).includes('"bridge"')
      ? { ...fact, linkinfo: without(info, spanningTree) }
      : fact,
  ];
}

/** Link-local addresses and multicast routes come and go with the carrier, some time after the link. */
function isLasting(item: JsonObject): boolean {
  return !/^(fe80:|ff00:|multicast ff00:)/.test(word(item["dst"] ?? item["local"]));
}

/** The kernel makes these of an IPv6 address, but only when duplicate address detection is over. */
function isDerived(route: JsonObject): boolean {
  return route["protocol"] === "kernel" && ["local", "anycast", "multicast"].includes(word(route["type"]));
}

function addressFacts(link: JsonObject): [string, Json][] {
  const addresses = link["addr_info"];
  return (isList(addresses) ? addresses : [])
    .filter(isObject)
    .filter(isLasting)
    .map((address) => [
      `${word(link["ifname"])} ${word(address["local"])}/${word(address["prefixlen"])}`,
      steady(address),
    ]);
}

function routeFact(family: string, route: JsonObject): [string, Json] {
  const how = ["type", "dev", "gateway", "table", "metric"].filter((name) => route[name] !== undefined);
  return [
    `${family} ${[word(route["dst"]), ...how.map((name) => `${name} ${word(route[name])}`)].join(" ")}`,
    steady(route),
  ];
}

/** Counters in brackets and comments with times are not state. */
function saved(family: string, text: string): Facts {
  const tables = text.split(/^\*/m).slice(1);
  return Object.fromEntries(
    tables.map((table): [string, Json] => {
      const [name = "", ...lines] = table.split("\n");
      const facts = lines
        .filter((line) => /^[:-]/.test(line))
        .map((line) => line.replace(/ \[\d+:\d+\]$/, ""));
      return [`${family} ${name}`, facts];
    }),
  );
}

/** A link's own random secret, and tokens that it makes from it, are no settings. */
function isSetting(line: string): boolean {
  return line.includes(":") && !line.includes("stable_secret");
}

/** One record for each folder, so that an interface's settings come and go as one difference. */
function settingFacts(lines: readonly string[]): Facts {
  const folders = new Map<string, Record<string, string>>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const path = line.slice("/proc/sys/net/".length, colon);
    const slash = path.lastIndexOf("/");
    const folder = folders.get(path.slice(0, slash)) ?? {};
    folder[path.slice(slash + 1)] = line.slice(colon + 1);
    folders.set(path.slice(0, slash), folder);
  }
  return record([...folders]);
}
