import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { formatAddress, parseAddress } from "../../inet/address.ts";
import { formatPrefix, parsePrefix } from "../../inet/prefix.ts";
import { messageFlags, type Message, type Request } from "../message.ts";
import { layOut, parseGolden } from "./goldens/golden.ts";
import { addRoute, decodeRoute, listRoutes, routeConstants, type Route } from "./route.ts";

function golden(name: string): Message {
  return parseGolden(readFileSync(`netlink/route/goldens/${name}.hex`, "utf8"));
}

function spoken(route: Route | undefined) {
  if (route === undefined) return undefined;
  const gateway = route.gateway === undefined ? undefined : formatAddress(route.gateway);
  return { ...route, destination: formatPrefix(route.destination), gateway };
}

describe("decodeRoute()", () => {
  test.each([
    {
      file: "route-default",
      route: { destination: "0.0.0.0/0", gateway: "10.1.0.1", interfaceIndex: 10, table: 254, scope: 0 },
    },
    {
      file: "route-metrics",
      route: {
        destination: "10.9.0.0/16",
        gateway: "10.1.0.1",
        interfaceIndex: 10,
        table: 1000,
        scope: 0,
        priority: 7,
        mtu: 1300,
        advmss: 1200,
      },
    },
    {
      file: "route-inet6",
      route: {
        destination: "2001:db8:9::/48",
        gateway: "2001:db8::1",
        interfaceIndex: 10,
        table: 1000,
        scope: 0,
        priority: 1024,
      },
    },
    { file: "route-blackhole", route: undefined },
  ])("reads $file", ({ file, route }) => {
    expect(spoken(decodeRoute(golden(file)))).toEqual(route);
  });
});

const tableMain = { "15": "fe000000" };

/** Requests beside the recorded ones of ip(8); `ours` is where we differ by intent. */
const requests: { file: string; request: Request; ours?: Record<string, string> }[] = [
  {
    file: "add-route-default",
    request: addRoute({
      destination: parsePrefix("0.0.0.0/0"),
      gateway: parseAddress("10.1.0.1"),
      interfaceIndex: 10,
    }),
    ours: tableMain,
  },
  {
    file: "add-route-source",
    request: addRoute(
      {
        destination: parsePrefix("10.9.0.0/16"),
        gateway: parseAddress("10.1.0.1"),
        interfaceIndex: 10,
        source: parseAddress("10.1.0.4"),
      },
      { isOnlyOne: true },
    ),
    ours: tableMain,
  },
  {
    file: "add-route-link",
    request: addRoute({ destination: parsePrefix("10.9.0.0/16"), interfaceIndex: 10, table: 1000 }),
  },
  {
    file: "add-route-inet6",
    request: addRoute({
      destination: parsePrefix("2001:db8:9::/48"),
      gateway: parseAddress("2001:db8::1"),
      interfaceIndex: 10,
      priority: 50,
      mtu: 1300,
      advmss: 1200,
    }),
    ours: tableMain,
  },
];

test.each(requests)("$request.purpose: says what ip(8) says in $file", ({ file, request, ours }) => {
  const flags = request.flags | messageFlags.request | messageFlags.acknowledge;
  expect(layOut({ ...request, flags })).toEqual({ ...layOut(golden(file)), ...ours });
});

describe("addRoute()", () => {
  const scopeOf = (route: Omit<Route, "interfaceIndex">) => {
    const { body } = addRoute({ ...route, interfaceIndex: 1 });
    return body[6];
  };

  test.each([
    { destination: "10.9.0.0/16", gateway: "10.1.0.1", given: undefined, scope: routeConstants.scopeGlobal },
    { destination: "10.9.0.0/16", gateway: undefined, given: undefined, scope: routeConstants.scopeLink },
    { destination: "10.9.0.0/16", gateway: undefined, given: 0, scope: 0 },
    { destination: "10.9.0.0/16", gateway: "10.1.0.1", given: 200, scope: 200 },
    { destination: "2001:db8::/64", gateway: undefined, given: undefined, scope: routeConstants.scopeGlobal },
  ])("scope $given of $destination by $gateway becomes $scope", ({ destination, gateway, given, scope }) => {
    const prefix = parsePrefix(destination);
    expect(
      scopeOf({
        destination: prefix,
        gateway: gateway === undefined ? undefined : parseAddress(gateway),
        scope: given,
      }),
    ).toBe(scope);
  });

  test("clears the host bits of a destination, which the kernel refuses", () => {
    expect(layOut(addRoute({ destination: parsePrefix("10.9.8.7/16"), interfaceIndex: 1 }))["1"]).toBe(
      "0a090000",
    );
  });

  test.each([
    { table: 100, byte: 100, attribute: "64000000" },
    { table: 255, byte: 255, attribute: "ff000000" },
    { table: 256, byte: 0, attribute: "00010000" },
    { table: undefined, byte: 254, attribute: "fe000000" },
  ])("table $table", ({ table, byte, attribute }) => {
    const request = addRoute({ destination: parsePrefix("10.9.0.0/16"), interfaceIndex: 1, table });
    expect([request.body[4], layOut(request)["15"]]).toEqual([byte, attribute]);
  });

  test.each([
    ["10.9.8.7/16", "10.1.0.1", "add route 10.9.8.7/16 via 10.1.0.1"],
    ["::/0", "2001:db8::1", "add route default via 2001:db8::1"],
  ])("to %s by %s says so in its errors", (destination, gateway, purpose) => {
    const route = {
      destination: parsePrefix(destination),
      gateway: parseAddress(gateway),
      interfaceIndex: 1,
    };
    expect(addRoute(route).purpose).toBe(purpose);
  });
});

test.each([
  [4, "02"],
  [6, "0a"],
] as const)("listRoutes(%d) asks for one family and leaves the filters empty", (family, byte) => {
  expect(layOut(listRoutes(family))).toEqual({
    type: "26",
    flags: "0x0",
    header: `${byte}${"00".repeat(11)}`,
  });
});
