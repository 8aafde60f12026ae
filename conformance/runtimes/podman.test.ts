import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import {
  CommandError,
  type FakeNode,
  describeWith,
  diff,
  nodesPerTest,
  pluginFolder,
} from "../node/index.ts";
import { leftovers } from "./leftovers.ts";
import { readAddresses } from "./addresses.ts";
import { Podman } from "./podman.ts";

const startNode = nodesPerTest();
const bridge = "br-test";
const leases = "/var/lib/cni/networks/net";

/** A network of nothing but the plugin under test. */
function network({ subnets = ["10.88.1.0/24", "fd88:1::/64"], ...more }: NetworkOptions = {}): object {
  return {
    type: "bridge",
    bridge,
    isGateway: true,
    ipMasq: true,
    hairpinMode: true,
    ipam: {
      type: "host-local",
      routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }].slice(0, subnets.length),
      ranges: subnets.map((subnet) => [{ subnet }]),
    },
    capabilities: { ips: true },
    ...more,
  };
}

interface NetworkOptions {
  readonly subnets?: readonly string[];
  readonly dns?: object;
}

async function start(
  node: FakeNode,
  options: NetworkOptions & { cniVersion?: string } = {},
): Promise<Podman> {
  const { cniVersion, ...plugin } = options;
  return Podman.start(node, {
    pluginFolder,
    networks: { net: [network(plugin)] },
    ...(cniVersion === undefined ? {} : { cniVersion }),
  });
}

/** Names of the leases that a network has. */
async function leased(node: FakeNode): Promise<string[]> {
  const { stdout } = await node.run("ls", [leases]);
  return stdout.split("\n").filter((name) => /^[\da-f]+[.:]/.test(name));
}

const needs = {
  commands: ["podman", "runc", "conmon", "busybox", "nft", "tcpdump"],
  plugins: ["bridge", "host-local"],
};

describeWith(needs, "podman", () => {
  test.each(["0.4.0", "1.0.0"])(
    "%s: two containers reach each other and the gateway in both families",
    async (cniVersion) => {
      const node = await startNode();
      const podman = await start(node, { cniVersion });
      const before = await node.snapshot();
      await podman.runContainer({ name: "one", network: "net" });
      await podman.runContainer({ name: "two", network: "net" });

      const inside = await readAddresses(node, await podman.namespace("one"), "eth0");
      const told = await podman.inspect("one", "net");
      expect(inside).toEqual({
        mac: told.MacAddress,
        addresses: [`${told.IPAddress}/${told.IPPrefixLen}`, `${told.GlobalIPv6Address}/64`],
        gateways: ["10.88.1.1", "fd88:1::1"],
      });
      const two = await podman.inspect("two", "net");
      for (const address of [two.IPAddress, two.GlobalIPv6Address, "10.88.1.1", "fd88:1::1"]) {
        const ping = await podman.exec("one", ["ping", "-c", "1", "-W", "3", address], {
          allowFailure: true,
        });
        expect(ping).toMatchObject({ exitCode: 0 });
      }
      expect(await leased(node)).toEqual(["10.88.1.2", "10.88.1.3", "fd88:1::2", "fd88:1::3"]);

      await podman.remove("one", "two");
      expect(leftovers(before, await node.snapshot(), bridge)).toEqual([]);
    },
  );

  test("--ip and --mac-address are what the container gets, and its lease names it", async () => {
    const node = await startNode();
    const podman = await start(node, { subnets: ["10.88.1.0/24"] });
    const chosen = ["--ip=10.88.1.77", "--mac-address=02:aa:bb:cc:dd:01"];
    const id = await podman.runContainer({ name: "one", network: "net", arguments: chosen });
    expect(await readAddresses(node, await podman.namespace("one"), "eth0")).toEqual({
      mac: "02:aa:bb:cc:dd:01",
      addresses: ["10.88.1.77/24"],
      gateways: ["10.88.1.1"],
    });
    expect(node.read(`${leases}/10.88.1.77`)).toBe(`${id}\r\neth0`);
    const again = podman.runContainer({ name: "two", network: "net", arguments: ["--ip=10.88.1.77"] });
    await expect(again).rejects.toThrow(/10\.88\.1\.77/);
    expect(await leased(node)).toEqual(["10.88.1.77"]);
  });

  test("dns of the configuration comes first in resolv.conf", async () => {
    const node = await startNode();
    const podman = await start(node, { dns: { nameservers: ["10.88.1.53"], search: ["example.test"] } });
    await podman.runContainer({ name: "one", network: "net" });
    const { stdout } = await podman.exec("one", ["cat", "/etc/resolv.conf"]);
    expect(stdout.split("\n").find((line) => line.startsWith("nameserver"))).toBe("nameserver 10.88.1.53");
    expect(stdout).toMatch(/^search .*example\.test/m);
  });

  test("the world outside sees the node's addresses, in both families and over TCP", async () => {
    const node = await startNode();
    const outside = await node.addOutsideHost();
    const podman = await start(node);
    const before = await node.snapshot();
    await podman.runContainer({ name: "one", network: "net" });
    const { IPAddress, GlobalIPv6Address } = await podman.inspect("one", "net");
    const capture = await node.capture(outside.interface, "icmp or icmp6 or tcp", {
      namespace: outside.name,
    });
    await node.background("busybox", ["nc", "-l", "-p", "9000"], {
      namespace: outside.name,
      input: "hello\n",
    });

    for (const address of [outside.address, outside.address6]) {
      const ping = await podman.exec("one", ["ping", "-c", "1", "-W", "3", address], { allowFailure: true });
      expect(ping).toMatchObject({ exitCode: 0 });
    }
    const hello = await podman.exec("one", ["nc", "-w", "3", outside.address, "9000"]);
    expect(hello.stdout).toBe("hello");

    expect(await capture.waitFor(/: ICMP echo request/)).toContain(
      `${outside.nodeAddress} > ${outside.address}:`,
    );
    expect(await capture.waitFor(/ICMP6, echo request/)).toContain(
      `${outside.nodeAddress6} > ${outside.address6}:`,
    );
    expect(await capture.waitFor(/Flags \[S\]/)).toMatch(
      new RegExp(` ${outside.nodeAddress}\\.\\d+ > ${outside.address}\\.9000:`),
    );
    const seen = (await capture.stop()).join("\n");
    expect(seen).not.toContain(IPAddress);
    expect(seen).not.toContain(GlobalIPv6Address);
    await podman.remove("one");
    expect(leftovers(before, await node.snapshot(), bridge)).toEqual([]);
  });

  test("network disconnect and connect take the address away and give one again", async () => {
    const node = await startNode();
    const podman = await start(node, { subnets: ["10.88.1.0/24"] });
    await podman.runContainer({ name: "one", network: "net" });
    const namespace = await podman.namespace("one");
    const connected = await node.snapshot();

    await podman.run(["network", "disconnect", "net", "one"]);
    expect(await leased(node)).toEqual([]);
    expect((await node.run("nsenter", [`--net=${namespace}`, "ls", "/sys/class/net"])).exitCode).toBe(0);
    await expect(readAddresses(node, namespace, "eth0")).rejects.toThrow("eth0");

    await podman.run(["network", "connect", "net", "one"]);
    const back = await readAddresses(node, namespace, "eth0");
    expect(await leased(node)).toEqual(back.addresses.map((address) => address.replace("/24", "")));
    const veths = (snapshot: typeof connected): number => Object.keys(snapshot.network.bridgePorts).length;
    expect(veths(await node.snapshot())).toBe(veths(connected));
    expect(await podman.exec("one", ["ping", "-c", "1", "-W", "3", "10.88.1.1"])).toMatchObject({
      exitCode: 0,
    });
  });

  test("network reload keeps the address and mends what was torn down by hand", async () => {
    const node = await startNode();
    const podman = await start(node, { subnets: ["10.88.1.0/24"] });
    await podman.runContainer({ name: "one", network: "net" });
    const before = await readAddresses(node, await podman.namespace("one"), "eth0");
    await node.run("nft", ["flush", "ruleset"]);

    await podman.run(["network", "reload", "one"]);
    const after = await readAddresses(node, await podman.namespace("one"), "eth0");
    expect(after.addresses).toEqual(before.addresses);
    expect(await leased(node)).toEqual(["10.88.1.2"]);
    expect(await podman.exec("one", ["ping", "-c", "1", "-W", "3", "10.88.1.1"])).toMatchObject({
      exitCode: 0,
    });
    expect(JSON.stringify((await node.snapshot()).network.nftables)).toContain("10.88.1.2");
  });

  test("restart gives one new address for the old one", async () => {
    const node = await startNode();
    const podman = await start(node);
    const before = await node.snapshot();
    await podman.runContainer({ name: "one", network: "net" });
    await podman.run(["restart", "-t", "0", "one"]);
    const { IPAddress, GlobalIPv6Address } = await podman.inspect("one", "net");
    expect(await leased(node)).toEqual([IPAddress, GlobalIPv6Address]);
    const { addresses } = await readAddresses(node, await podman.namespace("one"), "eth0");
    expect(addresses).toEqual([`${IPAddress}/24`, `${GlobalIPv6Address}/64`]);
    await podman.remove("one");
    expect(leftovers(before, await node.snapshot(), bridge)).toEqual([]);
  });

  test("a container that ends by itself gives everything back", async () => {
    const node = await startNode();
    const podman = await start(node);
    const before = await node.snapshot();
    const brief = {
      name: "brief",
      network: "net",
      arguments: ["--rm", "--entrypoint", '["/bin/sleep","0.2"]'],
    };
    await podman.runContainer(brief);
    // Its monitor starts podman once more for the cleanup, some time after the end.
    const gone = async (): Promise<boolean> => {
      const { stdout } = await podman.run(["ps", "-a", "-q"]);
      return stdout === "" && (await leased(node)).length === 0;
    };
    for (let attempt = 0; attempt < 50 && !(await gone()); attempt += 1) {
      await delay(100);
    }
    await podman.settle("brief");
    expect(leftovers(before, await node.snapshot(), bridge)).toEqual([]);
  });

  test("an exhausted range is told in our words, and the container that came too late leaves nothing", async () => {
    const node = await startNode();
    const podman = await start(node, { subnets: ["10.88.9.0/30"] });
    await podman.runContainer({ name: "one", network: "net" });
    const before = await node.snapshot();
    const error: unknown = await podman
      .runContainer({ name: "two", network: "net" })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CommandError);
    const { result } = error as CommandError;
    expect(result.exitCode).toBe(126);
    expect(result.stderr).toMatch(
      /plugin type="bridge" failed \(add\): .*no (free )?(IP )?address.*10\.88\.9\./i,
    );
    await podman.remove("two");
    expect(diff(before, await node.snapshot())).toEqual([]);
    expect(await leased(node)).toEqual(["10.88.9.2"]);
  });

  test("eight containers at once have eight addresses", async () => {
    const node = await startNode();
    const podman = await start(node);
    const before = await node.snapshot();
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    await Promise.all(names.map((name) => podman.runContainer({ name, network: "net" })));
    const told = await Promise.all(names.map((name) => podman.inspect(name, "net")));
    expect(new Set(told.map((settings) => settings.IPAddress)).size).toBe(8);
    expect(new Set(told.map((settings) => settings.GlobalIPv6Address)).size).toBe(8);
    expect(await leased(node)).toHaveLength(16);
    await podman.remove(...names);
    expect(leftovers(before, await node.snapshot(), bridge)).toEqual([]);
  });
});
