/**
 * Wires of the two sides of a switch, so that nobody takes one for the other: stations of either side are placed without regard to
 * those opposite.
 */
import type { Box, PlacedStation, Wire } from "./placed.ts";

/** Between two joints on a lane, so that they do not touch. */
const jointRoom = 12;

/** Between two wires that run beside each other, one from the left and one from the right. */
const wireRoom = 5;

/** The station with its wires moved, together and as little as can be; as it was where there is no room. */
export function keepApart(placed: PlacedStation, opposite: readonly PlacedStation[]): PlacedStation {
  const pairs = placed.wires.flatMap((own) =>
    opposite.flatMap(({ wires }) =>
      wires.map((other): Pair => ({ own, other, mayMeet: mayMeet(placed, wires, { own, other }) })),
    ),
  );
  const shift = shiftsFor(pairs).find(
    (by) => isInside(placed, by) && pairs.every((pair) => isApart(pair, by)),
  );
  if (shift === undefined || shift === 0) return placed;
  return { ...placed, wires: placed.wires.map((wire) => ({ ...wire, y: wire.y + shift })) };
}

interface Pair {
  readonly own: Wire;
  /** Comes from the left, as `own` from the right. */
  readonly other: Wire;
  /** Both at one level are one line, with one joint that is true of both. */
  readonly mayMeet: boolean;
}

function mayMeet(
  { wires }: PlacedStation,
  others: readonly Wire[],
  { own, other }: Pick<Pair, "own" | "other">,
): boolean {
  return (
    wires.length === 1 &&
    others.length === 1 &&
    own.to === other.to &&
    own.member?.isTagged === other.member?.isTagged
  );
}

/** Those that could help: to one line first, then the smallest. */
function shiftsFor(pairs: readonly Pair[]): number[] {
  const near = pairs.filter((pair) => Math.abs(distance(pair)) < roomOf(pair));
  const meeting = near.filter((pair) => pair.mayMeet).map(distance);
  const parting = near.flatMap((pair) => [distance(pair) - roomOf(pair), distance(pair) + roomOf(pair)]);
  return [0, ...meeting, ...parting.toSorted((a, b) => Math.abs(a) - Math.abs(b))];
}

function distance({ own, other }: Pair): number {
  return other.y - own.y;
}

function roomOf({ own, other }: Pair): number {
  if (own.to === other.to) return jointRoom;
  return other.to > own.to ? wireRoom : 0;
}

function isApart(pair: Pair, shift: number): boolean {
  const between = Math.abs(distance(pair) - shift);
  return between >= roomOf(pair) || (pair.mayMeet && between === 0);
}

/** Below where the line of what is routed leaves. */
function isInside({ box, wires, station }: PlacedStation, shift: number): boolean {
  const { y, height }: Box = box;
  const top = y + (station.isRouted ? 18 : 6);
  return wires.every((wire) => wire.y + shift >= top && wire.y + shift <= y + height - 6);
}
