import { expect, test } from "@jest/globals";
import { formatPrefix } from "../../inet/prefix.ts";
import { certainGateways } from "./certain-gateways.ts";
import { sampleRequest, type RequestTexts } from "./sample-request.ts";

const four = { subnet: "10.1.2.0/24" };
const six = { subnet: "2001:db8:1::/64" };
const upper = { ...four, rangeStart: "10.1.2.128" };
const lower = { ...four, rangeEnd: "10.1.2.99" };
const two = [[four], [{ subnet: "10.2.2.0/24" }]];

test.each<[string, RequestTexts, string[] | undefined]>([
  ["one subnet", { ipam: four }, ["10.1.2.1/24"]],
  ["a gateway of its own", { ipam: { ...four, gateway: "10.1.2.99" } }, ["10.1.2.99/24"]],
  ["both families", { ipam: { ranges: [[four], [six]] } }, ["10.1.2.1/24", "2001:db8:1::1/64"]],
  ["two sets of a family", { ipam: { ranges: two } }, ["10.1.2.1/24", "10.2.2.1/24"]],
  ["two ranges of a subnet", { ipam: { ranges: [[lower, upper]] } }, ["10.1.2.1/24"]],
  [
    "ranges with gateways of their own",
    { ipam: { ranges: [[lower, { ...upper, gateway: "10.1.2.2" }]] } },
    undefined,
  ],
  ["two subnets in a set, which alternate", { ipam: { ranges: [[six], two.flat()] } }, undefined],
  ["no ranges", { ipam: {} }, []],
  [
    "ranges that the runtime adds for an ADD",
    { ipam: four, more: { capabilities: { ipRanges: true } } },
    undefined,
  ],
  [
    "other capabilities",
    { ipam: four, more: { capabilities: { ipRanges: false, mac: true } } },
    ["10.1.2.1/24"],
  ],
  ["capabilities that are none", { ipam: four, more: { capabilities: "ipRanges" } }, ["10.1.2.1/24"]],
])("certainGateways() of %s", (_what, texts, expected) => {
  expect(certainGateways(sampleRequest({ command: "STATUS", ...texts }))?.map(formatPrefix)).toEqual(
    expected,
  );
});
