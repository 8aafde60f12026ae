/** What is measured: the cases of the bench. */

export type Operation = "version" | "add" | "del";

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly kind: "version" | "attachment";
  readonly isDualStack: boolean;
  readonly isMasqueraded: boolean;
  /** How many processes start at the same moment. */
  readonly atOnce: readonly number[];
}

export const scenarios: readonly Scenario[] = [
  {
    name: "version",
    title: "VERSION",
    kind: "version",
    isDualStack: false,
    isMasqueraded: false,
    atOnce: [1],
  },
  {
    name: "bridge",
    title: "bridge + host-local",
    kind: "attachment",
    isDualStack: false,
    isMasqueraded: false,
    atOnce: [1, 8, 32],
  },
  {
    name: "masq",
    title: "bridge + host-local + ipMasq",
    kind: "attachment",
    isDualStack: false,
    isMasqueraded: true,
    atOnce: [1, 8, 32],
  },
  {
    name: "dual",
    title: "bridge + host-local, dual stack",
    kind: "attachment",
    isDualStack: true,
    isMasqueraded: false,
    atOnce: [1],
  },
  {
    name: "dual-masq",
    title: "bridge + host-local + ipMasq, dual stack",
    kind: "attachment",
    isDualStack: true,
    isMasqueraded: true,
    atOnce: [1, 8, 32],
  },
];
