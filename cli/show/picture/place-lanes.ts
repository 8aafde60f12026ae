/** Lanes side by side, their labels in the head of a box. */
import type { Lane } from "./diagram.ts";
import type { Box, PlacedLane } from "./placed.ts";
import { labelGap, labelOf, labelWidth, lanesWidth, sizes } from "./sizes.ts";

/** None of them reaches anywhere yet: {@link reaching} does that. */
export function placeLanes(lanes: readonly Lane[], box: Box): PlacedLane[] {
  const top = box.y + sizes.boxHead - 8;
  let x = box.x + (box.width - lanesWidth(lanes)) / 2;
  return lanes.map((lane) => {
    const width = labelWidth(lane, lanes);
    const placed = { lane, label: labelOf(lane, lanes), x: x + width / 2, width, top, bottom: top + 8 };
    x += width + labelGap;
    return placed;
  });
}

/** The lane down to the last of these levels. */
export function reaching(lane: PlacedLane, levels: readonly number[]): PlacedLane {
  return { ...lane, bottom: Math.max(lane.bottom, ...levels) };
}
