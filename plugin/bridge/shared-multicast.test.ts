import { expect, test } from "@jest/globals";
import { sharesMulticast } from "./shared-multicast.ts";

const memberships = `2    eth0            1     0     333300000001
2    eth0            1     0     01005e000001
2    eth0            3     0     0180c200000e
3    eth1            2     0     333300000001
12   eth2            1     0     01005e000001
`;

test.each([
  { what: "the interface alone", index: 2, expected: false },
  { what: "another interface on it", index: 3, expected: true },
  { what: "an interface that is down", index: 9, expected: false },
  { what: "an index that begins with another", index: 1, expected: false },
])("sharesMulticast() tells $what", ({ index, expected }) => {
  expect(sharesMulticast(memberships, index)).toBe(expected);
});

test("sharesMulticast() says yes where nobody can tell", () => {
  expect(sharesMulticast(undefined, 2)).toBe(true);
});
