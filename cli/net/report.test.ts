import { expect, test } from "@jest/globals";
import { CniError } from "../../cni/error.ts";
import { decodeResult } from "../../cni/previous-result.ts";
import { reportAdded, reportCollected, reportDisabled, reportError, reportStatus } from "./report.ts";

const attachment = {
  containerId: "cnitool-77",
  netns: "/run/netns/demo",
  ifname: "eth0",
  args: undefined,
  capabilities: undefined,
};

function report(json: object): string {
  const result = decodeResult({ cniVersion: "1.1.0", ...json }, "result", "1.1.0");
  return reportAdded(result, { network: "web", attachment, milliseconds: 12.4 });
}

test("an attachment is told with everything that it has", () => {
  const text = report({
    interfaces: [
      { name: "web0", mac: "02:00:00:00:00:01" },
      { name: "eth0", mac: "02:00:00:00:00:02", mtu: 1400, sandbox: "/run/netns/demo" },
    ],
    ips: [
      { interface: 1, address: "10.20.0.2/24", gateway: "10.20.0.1" },
      { interface: 1, address: "fd20::2/64" },
    ],
    routes: [{ dst: "0.0.0.0/0" }, { dst: "10.30.0.0/16", gw: "10.20.0.9", mtu: 1300 }, { dst: "fd30::/64" }],
    dns: { nameservers: ["10.20.0.1"], domain: "example.com", search: ["a.test"] },
  });
  expect(text).toBe(`/run/netns/demo is attached to "web"
  interface  eth0  02:00:00:00:00:02  mtu 1400  in the container
  interface  web0  02:00:00:00:00:01  on the host
  address    10.20.0.2/24  on eth0  gateway 10.20.0.1
  address    fd20::2/64  on eth0
  route      0.0.0.0/0  via 10.20.0.1
  route      10.30.0.0/16  via 10.20.0.9  mtu 1300
  route      fd30::/64
  dns        10.20.0.1  domain example.com  a.test
  container  cnitool-77
  took       12 ms
`);
});

test("what an attachment has not is not told", () => {
  expect(report({})).toBe(`/run/netns/demo is attached to "web"
  container  cnitool-77
  took       12 ms
`);
});

test("a GC tells what it removed", () => {
  expect(reportCollected([], "web")).toBe('"web" had no attachment to remove\n');
  expect(reportCollected([{ containerId: "c1", ifname: "eth0" }], "web")).toBe(
    '"web" had 1 to remove\n  removed    c1  eth0\n',
  );
});

test("a network that cannot be asked is not called ready", () => {
  expect(reportStatus("web", true)).toBe('"web" is ready\n');
  expect(reportStatus("web", false)).toContain("was not asked");
});

test("a check that was not made is not called a success", () => {
  expect(reportDisabled("web", "disableCheck")).toBe('"web" was not asked: its list has "disableCheck"\n');
});

test("an error comes with its code and what to do", () => {
  expect(reportError("add", new CniError(7, "no network", { details: "networks there: a" }))).toBe(
    "trestle net add: no network (code 7)\n  networks there: a\n",
  );
  expect(reportError("add", new CniError(7, "no network"))).toBe("trestle net add: no network (code 7)\n");
});
