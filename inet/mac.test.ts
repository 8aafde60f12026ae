import { expect, test } from "@jest/globals";
import { InetError } from "./address.ts";
import { formatMac, locallyAdministered, parseMac } from "./mac.ts";

test.each([
  "02:00:5e:10:ab:01",
  "02:00:5E:10:AB:01",
  "02-00-5e-10-ab-01",
  "0200.5e10.ab01",
  "0200.5E10.AB01",
])("parseMac() reads %s", (text) => {
  expect(formatMac(parseMac(text))).toBe("02:00:5e:10:ab:01");
});

test.each([
  "",
  "02:00:5e:10:ab",
  "02:00:5e:10:ab:01:02",
  "02:00:5e:10:ab:1",
  "02:00:5e:10:ab:001",
  "02:00:5e:10:ab:0g",
  "02:00:5e:10:ab:-1",
  "02:00:5e:10:ab: 1",
  "02:00:5e:10:ab:01\n",
  "02:00:5e-10-ab-01",
  "0200:5e10:ab01",
  "02.00.5e.10.ab.01",
  "02005e10ab01",
  "02:00:5e:10:ab:01:00:01",
])("parseMac() refuses %j", (text) => {
  expect(() => parseMac(text)).toThrow(
    new InetError(`"${text}" is not a MAC address, such as 02:00:5e:10:00:01`),
  );
});

test.each([
  ["ff:ff:ff:ff:ff:ff", "fe:ff:ff:ff:ff:ff"],
  ["00:00:00:00:00:00", "02:00:00:00:00:00"],
  ["01:02:03:04:05:06", "02:02:03:04:05:06"],
])("locallyAdministered() makes %s %s", (bytes, expected) => {
  expect(formatMac(locallyAdministered(parseMac(bytes)))).toBe(expected);
});
