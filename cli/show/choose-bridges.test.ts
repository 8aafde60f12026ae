import { expect, test } from "@jest/globals";
import { chooseBridges, NoSuchBridge } from "./choose-bridges.ts";
import { sampleDescription } from "./sample-description.ts";

test("chooseBridges() keeps what belongs to the bridges that were named", () => {
  const chosen = chooseBridges(sampleDescription, ["web0"]);
  expect(chosen.bridges.map(({ name }) => name)).toEqual(["web0"]);
  expect(chosen.leases.map(({ containerId }) => containerId)).toEqual(["front-1"]);
  expect(chosen.networks).toMatchObject([{ name: "web", attachments: 2, leases: 1 }]);
  expect(chosen.masquerade).toHaveLength(2);
  expect([chosen.interfaces, chosen.children]).toEqual([[], []]);
  expect(chooseBridges(sampleDescription, ["br0"]).masquerade).toEqual([]);
});

test("chooseBridges() of none is all", () => {
  expect(chooseBridges(sampleDescription, [])).toBe(sampleDescription);
});

test("chooseBridges() says which there are", () => {
  expect(() => chooseBridges(sampleDescription, ["br9"])).toThrow(
    new NoSuchBridge('no bridge "br9"; there are br0, web0'),
  );
  expect(() => chooseBridges({ ...sampleDescription, bridges: [] }, ["br9"])).toThrow("there is none");
});
