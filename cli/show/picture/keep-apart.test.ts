import { expect, test } from "@jest/globals";
import { sampleDescription } from "../sample-description.ts";
import { keepApart } from "./keep-apart.ts";
import { makeDiagram } from "./make-diagram.ts";
import type { PlacedStation, Wire } from "./placed.ts";

const [station] = makeDiagram(sampleDescription).switches.flatMap(({ inner }) => inner);

interface Joint {
  readonly x: number;
  readonly y: number;
  readonly isTagged?: boolean;
}

function placed(isInner: boolean, ...joints: readonly Joint[]): PlacedStation {
  if (station === undefined) throw new Error("the sample has no station");
  const wires = joints.map(({ x, y, isTagged = false }): Wire => ({
    member: { lane: `${x}`, isTagged },
    tone: undefined,
    y,
    from: isInner ? 0 : 900,
    to: x,
    tags: [],
  }));
  return { station, box: { x: 0, y: 0, width: 100, height: 100 }, wires, port: { x: 0, y: 0 }, isInner };
}

const tagged = true;

test.each<[string, readonly Joint[], readonly Joint[], readonly number[]]>([
  ["far apart: as they were", [{ x: 500, y: 50 }], [{ x: 500, y: 70 }], [50]],
  ["alike and near: one line", [{ x: 500, y: 50 }], [{ x: 500, y: 57 }], [57]],
  ["one tagged, the other not: two joints", [{ x: 500, y: 50, isTagged: tagged }], [{ x: 500, y: 57 }], [45]],
  [
    "several: all move",
    [
      { x: 500, y: 46 },
      { x: 600, y: 53 },
    ],
    [{ x: 500, y: 56 }],
    [44, 51],
  ],
  ["over each other between two lanes", [{ x: 500, y: 50 }], [{ x: 600, y: 51 }], [46]],
  ["ends before the other begins", [{ x: 600, y: 50 }], [{ x: 500, y: 51 }], [50]],
  ["no room", [{ x: 500, y: 50, isTagged: tagged }], [20, 35, 50, 65, 80].map((y) => ({ x: 500, y })), [50]],
])("keepApart(): wires %s", (_what, own, opposite, expected) => {
  const others = opposite.map((joint) => placed(true, joint));
  expect(keepApart(placed(false, ...own), others).wires.map(({ y }) => y)).toEqual(expected);
});
