import { expect, test } from "@jest/globals";
import { tagged, untagged } from "../sample-description.ts";
import { lanesOf } from "./lanes.ts";

const tones = new Map([
  [10, 0],
  [20, 1],
]);

test("lanesOf() gives each VLAN its lane, and those with the same members one", () => {
  const { lanes, members } = lanesOf(
    [
      { station: "a", vlans: [untagged(10)] },
      { station: "b", vlans: [untagged(20)] },
      { station: "trunk", vlans: [tagged(10, 20), tagged(30), tagged(40, 49)] },
      { station: "other", vlans: [tagged(40, 4094)] },
      { station: "nobody", vlans: [] },
    ],
    tones,
  );
  expect(lanes).toMatchObject([
    { id: "10", label: "10", tone: 0 },
    {
      id: "11-19, 30",
      label: "11-19, 30",
      vlans: [
        { first: 11, last: 19 },
        { first: 30, last: 30 },
      ],
      tone: undefined,
    },
    { id: "20", label: "20", tone: 1 },
    { id: "40-49", label: "40-49", tone: undefined },
    { id: "50-4094", label: "50-4094", tone: undefined },
  ]);
  expect(members.get("a")).toEqual([{ lane: "10", isTagged: false }]);
  expect(members.get("trunk")).toEqual(
    ["10", "11-19, 30", "20", "40-49"].map((lane) => ({ lane, isTagged: true })),
  );
  expect(members.get("nobody")).toEqual([]);
});

test("lanesOf() of trunks of all VLANs is few lanes", () => {
  const vlans = [tagged(1, 4094)];
  const stations = ["a", "b", "c"].map((station) => ({ station, vlans }));
  expect(lanesOf(stations, tones).lanes.map(({ label }) => label)).toEqual([
    "1-9, 11-19, 21-4094",
    "10",
    "20",
  ]);
});
