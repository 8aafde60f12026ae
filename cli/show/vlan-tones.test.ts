import { expect, test } from "@jest/globals";
import { sampleDescription } from "./sample-description.ts";
import { vlanTones } from "./vlan-tones.ts";

test("vlanTones() numbers the VLANs that somebody is in, but for the default one", () => {
  expect([...vlanTones([sampleDescription])]).toEqual([
    [10, 0],
    [20, 1],
  ]);
});

test("vlanTones() of a container with a trunk of all VLANs are not thousands", () => {
  const [first] = sampleDescription.bridges;
  const ports = first?.ports.map((port) => ({
    ...port,
    vlans: [...port.vlans, { first: 100, last: 4000, pvid: false, untagged: false }],
  }));
  const bridges = first === undefined ? [] : [{ ...first, ports: ports ?? [] }];
  expect(vlanTones([{ ...sampleDescription, bridges }]).size).toBe(2);
});
