import { describe, expect, test } from "@jest/globals";
import { formatVlans, hostVlan, planPortVlans } from "./port-vlans.ts";

/** What a network asks for on a bridge whose new ports get VLAN `pvid`, and what its port has and loses. */
const plans: {
  vlan?: number;
  trunk?: [number, number][];
  keeps?: boolean;
  pvid?: number;
  wanted: string;
  unwanted?: number;
}[] = [
  { vlan: 100, wanted: "100 untagged", unwanted: 1 },
  { vlan: 100, keeps: true, wanted: "1 untagged on the way out, 100 untagged" },
  { vlan: 1, wanted: "1 untagged" },
  { vlan: 1, keeps: true, wanted: "1 untagged" },
  { trunk: [], wanted: "1 untagged" },
  { trunk: [[200, 210]], wanted: "1 untagged, 200-210" },
  { trunk: [[1, 10]], wanted: "1 untagged, 2-10" },
  { vlan: 100, trunk: [[200, 210]], wanted: "100 untagged, 200-210", unwanted: 1 },
  { vlan: 205, trunk: [[200, 210]], wanted: "200-204, 205 untagged, 206-210", unwanted: 1 },
  { vlan: 200, trunk: [[200, 200]], wanted: "200 untagged", unwanted: 1 },
  { vlan: 100, trunk: [[1, 5]], wanted: "1-5, 100 untagged" },
  { vlan: 100, trunk: [[1, 5]], keeps: true, wanted: "1-5, 100 untagged" },
  { vlan: 100, pvid: 0, keeps: true, wanted: "100 untagged" },
  { trunk: [[5, 5]], pvid: 0, wanted: "5" },
  { trunk: [], pvid: 0, wanted: "none" },
  { vlan: 100, pvid: 7, wanted: "100 untagged", unwanted: 7 },
];

describe("planPortVlans()", () => {
  test.each(plans)("$vlan and $trunk on a bridge of $pvid", (plan) => {
    const trunk = plan.trunk?.map(([first, last]) => ({ first, last }));
    const keys = { vlan: plan.vlan, vlanTrunk: trunk, preserveDefaultVlan: plan.keeps === true };
    const { wanted, unwanted } = planPortVlans(keys, plan.pvid ?? 1);
    expect(formatVlans(wanted)).toBe(plan.wanted);
    expect(wanted.filter(({ isPvid }) => isPvid).length).toBeLessThanOrEqual(1);
    expect(unwanted.map(({ first, last }) => [first, last])).toEqual(
      plan.unwanted === undefined ? [] : [[plan.unwanted, plan.unwanted]],
    );
  });
});

test("formatVlans() is the same however the VLANs are cut into ranges", () => {
  const tagged = (first: number, last: number) => ({ first, last, isPvid: false, isUntagged: false });
  const pvid = { first: 4, last: 4, isPvid: true, isUntagged: false };
  const vlans = [tagged(7, 7), pvid, tagged(5, 6), tagged(1, 3)];
  expect(formatVlans(vlans)).toBe("1-3, 4 untagged on the way in, 5-7");
});

test("hostVlan() is none where the bridge itself is in the VLAN", () => {
  expect([hostVlan({ vlan: 1 }, 1), hostVlan({ vlan: 10 }, 1), hostVlan({ vlan: undefined }, 1)]).toEqual([
    undefined,
    10,
    undefined,
  ]);
  expect(hostVlan({ vlan: 1 }, 0)).toBe(1);
});
