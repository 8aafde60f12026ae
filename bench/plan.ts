/** From a scenario and its contestants to the schedule of one fake host. Which round and which order is decided here. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { networkOf, type Attachment, type Contestant, type Network, type Starter } from "./contestant.ts";
import { shuffled } from "./random.ts";
import type { Operation, Scenario } from "./scenario.ts";
import { Schedule } from "./schedule.ts";

export interface PlanOptions {
  readonly rounds: number;
  /** Only these numbers of simultaneous processes are run. */
  readonly atOnce: readonly number[];
  /** Rest before each measured start, so that one contestant's work is over before the next begins. */
  readonly gapMs: number;
  readonly stateFolder: string;
  readonly random: () => number;
}

/** What a line of measurements belongs to. */
export interface Tag {
  readonly scenario: string;
  readonly atOnce: number;
  readonly contestant: string;
  readonly operation: Operation;
}

export const warmUpTag = "warm-up";

/** Unmeasured rounds first: bridges, tables, chains and page cache are made by them. */
const warmUpRounds = 2;

/** More starts at once need fewer rounds for as many values. */
export function roundsFor(rounds: number, atOnce: number): number {
  return atOnce === 1 ? rounds : Math.max(2, Math.ceil((rounds / atOnce) * 1.25));
}

export function tagText(tag: Tag): string {
  return JSON.stringify(tag);
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

export function planVersions(
  scenario: Scenario,
  starters: readonly Starter[],
  options: PlanOptions,
): Schedule {
  const schedule = new Schedule();
  schedule.shell("prepare the host", ["sh", script("fake-host.sh")]);
  for (let round = -warmUpRounds; round < options.rounds; round++) {
    for (const { name, start } of shuffled(starters, options.random)) {
      const tag = { scenario: scenario.name, atOnce: 1, contestant: name, operation: "version" } as const;
      schedule.pause(options.gapMs);
      schedule.measure(round < 0 ? warmUpTag : tagText(tag), [start]);
    }
  }
  return schedule;
}

/** A contestant on its network, with as many namespaces as are ever used at once. */
interface Seat {
  readonly contestant: Contestant;
  readonly network: Network;
  readonly netns: readonly string[];
}

export function planAttachments(
  scenario: Scenario,
  contestants: readonly Contestant[],
  options: PlanOptions,
): Schedule {
  const schedule = new Schedule();
  const numbers = scenario.atOnce.filter((atOnce) => options.atOnce.includes(atOnce));
  schedule.shell("prepare the host", ["sh", script("fake-host.sh")]);
  const seats = contestants.map((contestant, index) =>
    prepareSeat(schedule, contestant, {
      ...scenario,
      index,
      stateFolder: options.stateFolder,
      netns: Math.max(...numbers),
    }),
  );
  for (const seat of seats) warmUp(schedule, seat);
  for (const atOnce of numbers) {
    for (let round = 0; round < roundsFor(options.rounds, atOnce); round++) {
      for (const seat of shuffled(seats, options.random)) {
        const tag = { scenario: scenario.name, atOnce, contestant: seat.contestant.name };
        const attachments = attachmentsOf(seat, `${atOnce}-${round}`, atOnce);
        schedule.pause(options.gapMs);
        measure(schedule, seat, {
          attachments,
          tag: tagText({ ...tag, operation: "add" }),
          operation: "add",
        });
        schedule.pause(options.gapMs);
        measure(schedule, seat, {
          attachments,
          tag: tagText({ ...tag, operation: "del" }),
          operation: "del",
        });
      }
    }
  }
  return schedule;
}

function prepareSeat(
  schedule: Schedule,
  contestant: Contestant,
  options: {
    index: number;
    isDualStack: boolean;
    isMasqueraded: boolean;
    stateFolder: string;
    netns: number;
  },
): Seat {
  const network = networkOf(contestant.name, options);
  const netns = Array.from({ length: options.netns }, (_, at) => `/run/netns/${contestant.name}-${at}`);
  for (const path of netns) schedule.netns(path);
  const command = contestant.prepare(network);
  if (command !== undefined) schedule.shell(`prepare ${contestant.name}`, command);
  return { contestant, network, netns };
}

function attachmentsOf(seat: Seat, round: string, count: number): Attachment[] {
  return seat.netns.slice(0, count).map((netns, at) => ({
    containerId: `${seat.contestant.name}-${round}-${at}`,
    netns,
    slot: `${seat.contestant.name}-${at}`,
  }));
}

function measure(
  schedule: Schedule,
  { contestant, network }: Seat,
  {
    attachments,
    tag,
    operation,
  }: { attachments: readonly Attachment[]; tag: string; operation: "add" | "del" },
): void {
  schedule.measure(
    tag,
    attachments.map((attachment) => contestant[operation](network, attachment)),
  );
}

function warmUp(schedule: Schedule, seat: Seat): void {
  const { contestant, network } = seat;
  for (let round = 0; round < warmUpRounds; round++) {
    const attachments = attachmentsOf(seat, `warm-${round}`, 1);
    measure(schedule, seat, { attachments, tag: warmUpTag, operation: "add" });
    verify(schedule, seat, "attached");
    measure(schedule, seat, { attachments, tag: warmUpTag, operation: "del" });
    verify(schedule, seat, "gone");
  }

  function verify(into: Schedule, { netns }: Seat, state: "attached" | "gone"): void {
    const [first = ""] = netns;
    into.shell(`verify that ${contestant.name} is ${state}`, [
      "sh",
      script("verify.sh"),
      state,
      first,
      network.bridge,
      join(contestant.leaseFolder(network)),
      network.isMasqueraded ? "1" : "0",
      ...network.subnets.map(({ gateway }) => gateway),
    ]);
  }
}
