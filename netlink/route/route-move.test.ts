import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { messageFlags, type Message } from "../message.ts";
import { hex, layOut, parseGolden } from "./goldens/golden.ts";
import { addRouteBy, deleteRouteBy, localDestinations, routesOf, type MovableRoute } from "./route-move.ts";

function golden(name: string): Message {
  return parseGolden(readFileSync(`netlink/route/goldens/${name}.hex`, "utf8"));
}

const from = 10;
const to = { index: 12, name: "br7" };

function moved(name: string): MovableRoute {
  const [route] = routesOf([golden(name)], { from, to: to.index }).movable;
  if (route === undefined) throw new Error(`${name} is not movable`);
  return route;
}

/** A message's parts by the path of the attribute, without what tells its kind. */
function parts(message: Pick<Message, "type" | "flags" | "body">): Record<string, string> {
  const { type: _type, flags: _flags, ...rest } = layOut(message);
  return rest;
}

describe("routesOf()", () => {
  test.each([
    { file: "route-default", text: "default via 10.1.0.1", hasGateway: true, family: 4 },
    { file: "route-metrics", text: "10.9.0.0/16 via 10.1.0.1 table 1000", hasGateway: true, family: 4 },
    {
      file: "route-inet6",
      text: "2001:db8:9::/48 via 2001:db8::1 table 1000",
      hasGateway: true,
      family: 6,
    },
  ])("finds $text", ({ file, text, hasGateway, family }) => {
    expect(routesOf([golden(file)], { from, to: undefined })).toEqual({
      movable: [expect.objectContaining({ text, hasGateway, family })],
      immovable: [],
    });
  });

  test("leaves routes of other interfaces, of none and of own addresses", () => {
    const messages = ["route-default", "route-blackhole", "route-multipath"].map(golden);
    expect(routesOf(messages, { from: 9, to: undefined })).toEqual({ movable: [], immovable: [] });
    expect(routesOf([golden("route-local")], { from, to: undefined })).toEqual({
      movable: [],
      immovable: [],
    });
  });

  test("takes the route to an address's network along: not only the kernel makes such", () => {
    const { movable } = routesOf([golden("route-kernel")], { from, to: undefined });
    expect(movable).toMatchObject([{ text: "10.1.0.0/16", isLearned: true, needsAddress: false }]);
  });

  test("tells which cannot be moved", () => {
    const messages = ["route-multipath", "route-next-hop"].map(golden);
    const immovable = ["2001:db8:9::/48 table 1000", "10.9.0.0/16 via 10.1.0.1 table 1000"];
    expect(routesOf(messages, { from, to: undefined })).toEqual({ movable: [], immovable });
    expect(routesOf(messages, { from, to: to.index }).immovable).toEqual(immovable);
  });

  test("finds the half of a route that has been moved by half", () => {
    const places = { from, to: 11 };
    const { movable, immovable } = routesOf([golden("route-multipath")], places);
    expect(immovable).toEqual([]);
    expect(movable).toHaveLength(1);
    const [route] = movable;
    if (route === undefined) return;
    expect(parts(deleteRouteBy(route, { index: from, name: "br0" }))).toMatchObject({
      "4": "0a000000",
      "5": "20010db8000000000000000000000001",
    });
    expect(parts(deleteRouteBy(route, { index: from, name: "br0" }))["9"]).toBeUndefined();
  });
});

describe("addRouteBy() and deleteRouteBy()", () => {
  test.each(["route-default", "route-metrics", "route-inet6"])(
    "keep everything of %s but the interface, lifetimes and states",
    (file) => {
      const { "4": _output, "12": _cache, header = "", ...kept } = parts(golden(file));
      const { "4": output, header: made, ...others } = parts(addRouteBy(moved(file), to));
      expect(others).toEqual(kept);
      expect(output).toBe("0c000000");
      // RTNH_F_LINKDOWN was set: a request must not have it.
      expect(made).toBe(`${header.slice(0, 16)}00000000`);
    },
  );

  test("append to what is there, and delete", () => {
    expect(addRouteBy(moved("route-default"), to)).toMatchObject({
      purpose: 'add route default via 10.1.0.1 by "br7"',
      type: 24,
      flags: messageFlags.create | messageFlags.append,
    });
    expect(deleteRouteBy(moved("route-default"), to)).toMatchObject({ type: 25, flags: 0 });
  });

  test("keep a flag that was asked for", () => {
    expect(parts(addRouteBy(moved("route-onlink"), to))["header"]).toMatch(/04000000$/);
  });

  test("keep the time that a route has left, in seconds", () => {
    // 0x00015f8f hundredths
    expect(parts(addRouteBy(moved("route-expires"), to))["23"]).toBe("84030000");
  });
});

test("localDestinations() finds own addresses of an interface", () => {
  const messages = ["route-local", "route-default", "route-kernel"].map(golden);
  expect(localDestinations(messages, from)).toEqual(new Set(["0a010004"]));
  expect(localDestinations(messages, 11)).toEqual(new Set());
  expect(hex(Uint8Array.of(10, 1, 0, 4))).toBe("0a010004");
});
