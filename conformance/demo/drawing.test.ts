import { expect, test } from "@jest/globals";
import { type DrawnContainer, drawNetwork } from "./drawing.ts";

function end(name: string, addresses: string[]) {
  return { name, mac: "02:00:00:00:00:01", addresses, index: 1, peer: 2 };
}

function container(name: string, host: number): DrawnContainer {
  const addresses = [`10.77.0.${host}/16`, `fd77:7265:7374::${host}/64`];
  return { name, end: end("eth0", addresses), hostEnd: end(`veth0000000000${host}`, []) };
}

const network = {
  outside: end("eth0", ["198.51.100.2/24"]),
  uplink: end("uplink0", ["198.51.100.1/24"]),
  masquerade: "masquerade",
  bridge: end("trestle0", ["10.77.0.1/16"]),
};

test("drawNetwork() joins outside host, node, bridge and containers", () => {
  const containers = [container("web", 2), container("db", 3)];
  expect(drawNetwork({ ...network, containers }).join("\n")).toMatchInlineSnapshot(`
   "                    ┌─ outside host ──────────┐
                       │ eth0  02:00:00:00:00:01 │
                       │       198.51.100.2/24   │
                       └────────────┬────────────┘
   ┌─ node ─────────────────────────┴────────────────────────────────┐
   │                   uplink0  02:00:00:00:00:01                    │
   │                            198.51.100.1/24                      │
   │                                │                                │
   │                           masquerade                            │
   │                                │                                │
   │                   trestle0  02:00:00:00:00:01                   │
   │                             10.77.0.1/16                        │
   │                ┌───────────────┴────────────────┐               │
   │         veth00000000002                  veth00000000003        │
   └────────────────┬────────────────────────────────┬───────────────┘
     ┌─ web ────────┴─────────────┐   ┌─ db ─────────┴─────────────┐
     │ eth0  02:00:00:00:00:01    │   │ eth0  02:00:00:00:00:01    │
     │       10.77.0.2/16         │   │       10.77.0.3/16         │
     │       fd77:7265:7374::2/64 │   │       fd77:7265:7374::3/64 │
     └────────────────────────────┘   └────────────────────────────┘"
  `);
});

test("drawNetwork() draws one container straight below the bridge", () => {
  expect(drawNetwork({ ...network, containers: [container("web", 2)] }).join("\n")).toMatchInlineSnapshot(`
   "    ┌─ outside host ──────────┐
       │ eth0  02:00:00:00:00:01 │
       │       198.51.100.2/24   │
       └────────────┬────────────┘
   ┌─ node ─────────┴───────────────┐
   │   uplink0  02:00:00:00:00:01   │
   │            198.51.100.1/24     │
   │                │               │
   │           masquerade           │
   │                │               │
   │   trestle0  02:00:00:00:00:01  │
   │             10.77.0.1/16       │
   │                │               │
   │         veth00000000002        │
   └────────────────┬───────────────┘
     ┌─ web ────────┴─────────────┐
     │ eth0  02:00:00:00:00:01    │
     │       10.77.0.2/16         │
     │       fd77:7265:7374::2/64 │
     └────────────────────────────┘"
  `);
});
