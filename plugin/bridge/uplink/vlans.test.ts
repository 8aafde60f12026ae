import { describe, expect, test } from "@jest/globals";
import { formatRange } from "../../../netlink/route/vlan-range.ts";
import { formatVlans } from "../vlan/port-vlans.ts";
import { idleVlans, missingVlans, planUplinkVlans } from "./vlans.ts";

const none = {
  vlan: undefined,
  vlanTrunk: undefined,
  preserveDefaultVlan: false,
  movesAddresses: false,
};
const range = (first: number, last = first) => ({ first, last });
const tagged = (first: number, last = first) => ({ first, last, isPvid: false, isUntagged: false });
const native = { first: 1, last: 1, isPvid: true, isUntagged: true };

describe("planUplinkVlans()", () => {
  test.each([
    { what: "no VLAN", keys: none, wanted: "1 untagged", unwanted: [] },
    { what: "a VLAN", keys: { ...none, vlan: 10 }, wanted: "10", unwanted: ["1"] },
    {
      what: "the default VLAN by name",
      keys: { ...none, vlan: 1 },
      wanted: "1 untagged",
      unwanted: [],
    },
    {
      what: "a VLAN beside the default one",
      keys: { ...none, vlan: 10, preserveDefaultVlan: true },
      wanted: "1 untagged, 10",
      unwanted: [],
    },
    {
      what: "a VLAN, while the host's addresses are on the bridge",
      keys: { ...none, vlan: 10, movesAddresses: true },
      wanted: "1 untagged, 10",
      unwanted: [],
    },
    {
      what: "a trunk, whose untagged frames are of the default VLAN",
      keys: { ...none, vlanTrunk: [range(20, 22)] },
      wanted: "1 untagged, 20-22",
      unwanted: [],
    },
    {
      what: "a trunk with a VLAN inside and one beside",
      keys: { ...none, vlan: 23, vlanTrunk: [range(20, 22), range(30)] },
      wanted: "20-23, 30",
      unwanted: ["1"],
    },
    {
      what: "a trunk of everything",
      keys: { ...none, vlan: 10, vlanTrunk: [range(1, 4094)] },
      wanted: "1 untagged, 2-4094",
      unwanted: [],
    },
  ])("$what", ({ keys, wanted, unwanted }) => {
    const plan = planUplinkVlans(keys, 1);
    expect(formatVlans(plan.wanted)).toBe(wanted);
    expect(plan.unwanted.map(formatRange)).toEqual(unwanted);
  });

  test("a bridge without a default VLAN", () => {
    expect(planUplinkVlans(none, 0)).toEqual({ wanted: [], unwanted: [] });
    expect(planUplinkVlans({ ...none, vlan: 10 }, 0)).toEqual({ wanted: [tagged(10)], unwanted: [] });
  });
});

describe("missingVlans()", () => {
  test.each([
    { what: "nothing", wanted: [tagged(10), native], has: [native, tagged(5, 15)], missing: [] },
    { what: "what is not there", wanted: [tagged(10, 12)], has: [tagged(11)], missing: ["10", "12"] },
    {
      what: "what is there otherwise",
      wanted: [tagged(10), native],
      has: [tagged(1), { ...tagged(10), isUntagged: true }],
      missing: ["1", "10"],
    },
  ])("$what", ({ wanted, has, missing }) => {
    expect(missingVlans(wanted, has).map(formatRange)).toEqual(missing);
  });
});

test("idleVlans() are those that no other member has", () => {
  expect(idleVlans([range(1), range(10, 20)], [range(1), range(12, 13), range(20)]).map(formatRange)).toEqual(
    ["10-11", "14-19"],
  );
});
