import { expect, test } from "@jest/globals";
import { previousResult } from "./previous-result.ts";

const box = { name: "two", number: 2, containerId: "container-two", netns: "/run/netns/two", ifname: "eth0" };
const routes = [{ dst: "0.0.0.0/0", gw: "10.88.0.1" }];
const ip = { interface: 1, address: "10.88.0.3/24", gateway: "10.88.0.1" };
const interfaces = [
  { name: "host-two", mac: "02:00:0a:58:01:02" },
  { name: "eth0", mac: "02:00:0a:58:00:02", sandbox: "/run/netns/two" },
];

test.each([
  ["0.2.0", { ip4: { ip: "10.88.0.3/24", gateway: "10.88.0.1", routes }, dns: {} }],
  ["0.4.0", { interfaces, ips: [{ version: "4", ...ip }], routes, dns: {} }],
  ["1.1.0", { interfaces, ips: [ip], routes, dns: {} }],
] as const)("previousResult() of %s", (version, expected) => {
  expect(previousResult(version, box)).toEqual({ cniVersion: version, ...expected });
});
