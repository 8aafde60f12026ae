import { expect, test } from "@jest/globals";
import { withoutChance } from "./chance.ts";

test.each([
  ['{"mac":"26:C9:f4:40:f0:65"}', '{"mac":"(MAC)"}'],
  ["+ network / links / vetha6c51ead: {}", "+ network / links / veth(…): {}"],
  ["fe80::24c9:f4ff:fe40:f065/64", "fe80::(…)/64"],
  ["net:[4026532]", "net:[…]"],
  ["10.88.0.2/24 on veth of fd00::1", "10.88.0.2/24 on veth of fd00::1"],
])("%s is %s without chance", (text, expected) => {
  expect(withoutChance(text)).toBe(expected);
});
