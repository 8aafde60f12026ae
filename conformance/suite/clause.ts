/** What a clause is: one promise of a plugin, with the case that observes it. Clauses are data; `conformance/catalogue` has them. */
import type { Version } from "../../cni/version.ts";
import type { Trial } from "./trial.ts";

/**
 * What a clause asks of a plugin: `MUST`, `SHOULD` and `MAY` as in RFC 2119, `quirk` for what only follows from how the reference
 * plugins happen to behave.
 */
export const strengths = ["MUST", "SHOULD", "MAY", "quirk"] as const;
export type Strength = (typeof strengths)[number];

/**
 * What a failure means: `spec`, the plugin does not conform; `compat`, it differs from the reference plugins; `quality`, it leaks, loses
 * or hides something that users need, whatever the specification says.
 */
export const profiles = ["spec", "compat", "quality"] as const;
export type Profile = (typeof profiles)[number];

/** What a plugin is for; it decides which clauses apply and how a case is set up. */
export const kinds = ["interface", "loopback", "ipam", "chained"] as const;
export type Kind = (typeof kinds)[number];

/** What a case, or a plugin, needs of the machine. */
export type Need =
  | "vlan filtering"
  | "802.1Q"
  | "macvlan"
  | "ipvlan"
  | "dummy"
  | "vrf"
  | "tap"
  | "nf_tables"
  | "iptables"
  | "ipv6"
  | "ping"
  | "tcpdump";

export interface Clause {
  /** Group, number and where it is one of several a letter: "DEL-02", "CFG-09b". */
  readonly id: string;
  readonly strength: Strength;
  readonly profile: Profile;
  /** Where the promise comes from: a section of the specification, or which plugin's documentation. */
  readonly section: string;
  /** The promise, in one sentence of our own. */
  readonly statement: string;
  /** What the case does and looks at. */
  readonly observed: string;
  /** First version that has it; 0.1.0 when left out. */
  readonly since?: Version;
  /** Last version that has it. */
  readonly until?: Version;
  /** True where nothing depends on the version: run in the newest one alone. */
  readonly isVersionless?: boolean;
  /** Only for plugins of these kinds; all when left out. */
  readonly kinds?: readonly Kind[];
  /** Only for these plugin types, because it is about their own keys. */
  readonly types?: readonly string[];
  readonly needs?: readonly Need[];
  /** @throws Fault when the promise is broken, NotApplicable and Skipped when it cannot be observed */
  readonly run: (trial: Trial) => Promise<void>;
}

/** The letters before the number: "DEL" of "DEL-02". */
export function groupOf({ id }: Pick<Clause, "id">): string {
  return id.slice(0, id.indexOf("-"));
}
