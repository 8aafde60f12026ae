import { expect, test } from "@jest/globals";
import { interfaceNameFault } from "./interface-name.ts";

test.each(["e", "eth0", "a.b-c_d", "...", "fifteen-bytes-1", "é", "日本語の名", "a\u0001b", "eth0@if2"])(
  "interfaceNameFault() accepts %j",
  (name) => {
    expect(interfaceNameFault(name)).toBeUndefined();
  },
);

const separator = "contains a slash, a colon or white space";
test.each([
  ["", "is empty"],
  ["sixteen-bytes-12", "is longer than 15 bytes"],
  ["日本語の名前", "is longer than 15 bytes"],
  [".", "is a folder's own name"],
  ["..", "is a folder's own name"],
  ["a/b", separator],
  ["a:b", separator],
  ["a b", separator],
  ["a\tb", separator],
  ["a\n", separator],
  ["a\vb", separator],
  ["a\0b", separator],
  ["a\u0085b", separator],
  ["a\u00a0b", separator],
  ["a\u2003b", separator],
  ["a\u2028b", separator],
  ["a\u3000b", separator],
  ["a\ufeffb", separator],
  ["à", "contains a character that the kernel takes for white space"],
  ["eth%d", 'contains "%", which the kernel takes for a pattern such as "eth%d"'],
])("interfaceNameFault() refuses %j", (name, fault) => {
  expect(interfaceNameFault(name)).toBe(fault);
});
