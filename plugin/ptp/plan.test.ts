import { describe, expect, test } from "@jest/globals";
import type { Result, ResultRoute } from "../../cni/result.ts";
import { formatAddress, parseAddress } from "../../inet/address.ts";
import { formatPrefix, parsePrefix } from "../../inet/prefix.ts";
import { planPointToPoint } from "./plan.ts";

function lease(ips: readonly (readonly [string, string?])[], routes: readonly ResultRoute[] = []): Result {
  return {
    interfaces: [],
    ips: ips.map(([address, gateway]) => ({
      address: parsePrefix(address),
      gateway: gateway === undefined ? undefined : parseAddress(gateway),
    })),
    routes,
    dns: {},
  };
}

/** "10.1.0.1/32 link src 10.1.0.2" */
function routesOf(result: Result): string[] {
  return planPointToPoint(result).kernelRoutes.map(({ dst, gw, scope, source }) =>
    [
      formatPrefix(dst),
      gw === undefined ? "" : ` via ${formatAddress(gw)}`,
      scope === 253 ? " link" : "",
      source === undefined ? "" : ` src ${formatAddress(source)}`,
    ].join(""),
  );
}

describe("planPointToPoint()", () => {
  test("reaches the network by the gateway, and the gateway over the link", () => {
    const result = lease([["10.1.0.2/24", "10.1.0.1"]], [{ dst: parsePrefix("0.0.0.0/0") }]);
    expect(routesOf(result)).toEqual([
      "10.1.0.1/32 link src 10.1.0.2",
      "10.1.0.0/24 via 10.1.0.1 src 10.1.0.2",
      "0.0.0.0/0 via 10.1.0.1",
    ]);
    expect(planPointToPoint(result).gateways.map(formatPrefix)).toEqual(["10.1.0.1/32"]);
    expect(planPointToPoint(result).routes).toEqual(result.routes);
  });

  test("takes the first address of the network where IPAM names no gateway", () => {
    const plan = planPointToPoint(lease([["fd00:1::2/64"]]));
    expect(plan.gateways.map(formatPrefix)).toEqual(["fd00:1::1/128"]);
    expect(plan.ips[0]?.gateway).toEqual(parseAddress("fd00:1::1"));
  });

  test.each(["10.1.0.5/32", "10.1.0.4/31", "fd00:1::5/128", "fd00:1::4/127", "10.1.0.1/24"])(
    "does not guess a gateway for %s",
    (address) => {
      expect(() => planPointToPoint(lease([[address]]))).toThrow(`there is no gateway for ${address}`);
      const named = address.includes(":") ? "fe80::1" : "169.254.1.1";
      expect(() => planPointToPoint(lease([[address, named]]))).not.toThrow();
    },
  );

  test("has no route to a network of one address", () => {
    expect(routesOf(lease([["10.1.0.2/32", "169.254.1.1"]]))).toEqual(["169.254.1.1/32 link src 10.1.0.2"]);
  });

  test("names a gateway of two addresses once, and a route that is asked for again as well", () => {
    const result = lease(
      [
        ["10.1.0.2/24", "10.1.0.1"],
        ["10.1.0.3/24", "10.1.0.1"],
      ],
      [{ dst: parsePrefix("10.1.0.0/24"), gw: parseAddress("10.1.0.1") }],
    );
    expect(routesOf(result)).toEqual([
      "10.1.0.1/32 link src 10.1.0.2",
      "10.1.0.0/24 via 10.1.0.1 src 10.1.0.2",
    ]);
    expect(planPointToPoint(result).gateways).toHaveLength(1);
  });
});
