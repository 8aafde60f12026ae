import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { expect, test } from "@jest/globals";
import guardScript from "./guard.sh" with { type: "text" };
import { CommandError, describeWith, diff, FakeNode, nodesPerTest } from "./index.ts";
import nodeScript from "./node.sh" with { type: "text" };
import { countProcesses, processMark } from "./processes.ts";

const startNode = nodesPerTest();

describeWith({ commands: ["ping", "tcpdump", "nft"] }, "FakeNode", () => {
  test("start() gives an empty network, an empty /run and no forwarding", async () => {
    const node = await startNode();
    const links = await node.run("ip", ["-o", "link"]);
    expect(links.stdout.split("\n")).toEqual([expect.stringMatching(/^1: lo: <LOOPBACK,UP/)]);
    expect(readdirSync(node.outside("/run")).toSorted()).toEqual(["lock", "netns"]);
    expect(readdirSync(node.outside("/var/lib/cni"))).toEqual([]);
    expect((await node.run("ls", ["/sys/class/net"])).stdout).toBe("lo");
    expect((await node.run("cat", ["/proc/sys/net/ipv4/ip_forward"])).stdout).toBe("0");
    expect((await node.run("ps", ["-o", "pid=", "-p", "1"])).stdout.trim()).toBe("1");
  });

  test("start() leaves cgroups visible, which container runtimes need", async () => {
    const node = await startNode();
    const inside = await node.run("sh", ["-c", "grep -c cgroup /proc/self/mountinfo"]);
    expect(Number(inside.stdout)).toBeGreaterThan(0);
    expect((await node.run("ls", ["/sys/fs/cgroup"])).stdout.split("\n")).toEqual(
      readdirSync("/sys/fs/cgroup").toSorted(),
    );
  });

  test("write() stays inside, wherever it writes", async () => {
    const node = await startNode();
    const other = await startNode();
    for (const path of ["/etc/cni/net.d/10-a.conflist", "/var/lib/cni/a", "/var/lib/a-node/b", "/run/c"]) {
      node.write(path, "text");
      expect((await node.run("cat", [path])).stdout).toBe("text");
      expect(node.read(path)).toBe("text");
      expect(existsSync(path)).toBe(false);
      expect(existsSync(other.outside(path))).toBe(false);
    }
  });

  test("run() gives a clean environment and throws what the program said", async () => {
    const node = await startNode();
    const environment = await node.run("env", [], { env: { ONE: "1", HOME: undefined } });
    expect(environment.stdout.split("\n").toSorted()).toEqual([
      "LC_ALL=C.UTF-8",
      "ONE=1",
      expect.stringMatching(/^PATH=/),
    ]);
    await expect(node.run("ip", ["link", "show", "none"])).rejects.toThrow(CommandError);
    await expect(node.run("ip", ["link", "show", "none"])).rejects.toThrow('Device "none" does not exist');
    expect(await node.run("sh", ["-c", "exit 3"], { allowFailure: true })).toMatchObject({ exitCode: 3 });
    expect(await node.run("sleep", ["5"], { allowFailure: true, timeoutMs: 50 })).toMatchObject({
      exitCode: 137,
      isOverdue: true,
    });
    expect(
      await node.run("setsid", ["-f", "sleep", "9"], { allowFailure: true, timeoutMs: 200 }),
    ).toMatchObject({
      exitCode: 137,
      isOverdue: true,
      stderr: "not ended, or its output held open, after 200 ms",
    });
    const [killed, ended] = ["kill -SEGV $$", "exit 139"].map((script) =>
      node.run("sh", ["-c", script], { allowFailure: true }),
    );
    expect(await killed).toEqual({ exitCode: 139, signal: "SIGSEGV", stdout: "", stderr: "" });
    expect(await ended).toEqual({ exitCode: 139, stdout: "", stderr: "" });
    expect(await node.run("pwd", [], { cwd: "/var/lib" })).toMatchObject({ stdout: "/var/lib" });
    expect(await node.run("cat", [], { input: "in" })).toMatchObject({ stdout: "in" });
  });

  test("plugin() passes exactly the variables of the call", async () => {
    const node = await startNode();
    const path = await node.addNamespace("one");
    const folder = `${node.folder}/bin`;
    node.write(
      `${folder}/show`,
      '#!/bin/sh\nprintf \'{"msg":"%s","details":"%s"}\' "$(env | grep ^CNI_ | sort | tr "\\n" " ")" "$(cat)"\n',
    );
    chmodSync(node.outside(`${folder}/show`), 0o755);
    const call = { type: "show", command: "ADD", config: "in", folder };
    const bare = await node.plugin(call);
    expect(bare.json?.msg).toBe(
      `CNI_COMMAND=ADD CNI_CONTAINERID=container CNI_IFNAME=eth0 CNI_PATH=${folder} `,
    );
    expect(bare.json?.details).toBe("in");
    const full = await node.plugin({
      ...call,
      netns: "one",
      args: "A=1",
      ifname: "eth1",
      path: "/x",
      containerId: "c",
    });
    expect(full.json?.msg).toBe(
      `CNI_ARGS=A=1 CNI_COMMAND=ADD CNI_CONTAINERID=c CNI_IFNAME=eth1 CNI_NETNS=${path} CNI_PATH=/x `,
    );
    const less = await node.plugin({ ...call, env: { CNI_CONTAINERID: undefined, CNI_PATH: "" } });
    expect(less.json?.msg).toBe("CNI_COMMAND=ADD CNI_IFNAME=eth0 CNI_PATH= ");
  });

  test("plugin() reads nothing but exactly one JSON document", async () => {
    const node = await startNode();
    for (const [output, json] of [
      ["", undefined],
      ["{}{}", undefined],
      ['{"code":7}', { code: 7 }],
    ] as const) {
      node.write(`${node.folder}/bin/say`, `#!/bin/sh\necho '${output}'\n`);
      chmodSync(node.outside(`${node.folder}/bin/say`), 0o755);
      const reply = await node.plugin({
        type: "say",
        command: "ADD",
        config: {},
        folder: `${node.folder}/bin`,
      });
      expect(reply.json).toEqual(json);
    }
  });

  test("addOutsideHost() answers only what comes from the node's own address", async () => {
    const node = await startNode();
    await node.addNamespace("pod");
    await node.run("ip", ["link", "add", "pod0", "type", "veth", "peer", "name", "eth0", "netns", "pod"]);
    await node.run("sh", [
      "-c",
      "ip addr add 10.1.0.1/24 dev pod0; ip link set pod0 up; echo 1 > /proc/sys/net/ipv4/ip_forward",
    ]);
    await node.inNamespace("pod", "sh", [
      "-c",
      "ip addr add 10.1.0.2/24 dev eth0; ip link set eth0 up; ip route add default via 10.1.0.1",
    ]);
    const outside = await node.addOutsideHost();
    expect(await node.ping(null, outside.address)).toMatchObject({ received: 1 });
    expect(await node.ping(null, outside.address6)).toMatchObject({ received: 1 });
    expect(await node.ping("pod", outside.address, { attempts: 1 })).toMatchObject({ received: 0 });

    await node.run("nft", ["-f", "-"], {
      input:
        "table ip n { chain p { type nat hook postrouting priority 100; ip saddr 10.1.0.0/24 masquerade; }; }",
    });
    const capture = await node.capture(outside.interface, "icmp", { namespace: outside.name });
    expect(await node.ping("pod", outside.address)).toMatchObject({ received: 1 });
    expect(await capture.waitFor(/echo request/)).toContain(`${outside.nodeAddress} > ${outside.address}`);
    expect((await capture.stop()).join("\n")).not.toContain("10.1.0.2");
  });

  test("capture() says that there is no such interface, and that nothing matched", async () => {
    const node = await startNode();
    await expect(node.capture("none0", "")).rejects.toThrow("none0");
    const capture = await node.capture("lo", "icmp", { seconds: 1 });
    await expect(capture.waitFor(/never/)).rejects.toThrow("No packet matched");
  });

  test("background() runs until it is stopped, and tells what it wrote", async () => {
    const node = await startNode();
    const program = await node.background("sh", [
      "-c",
      "trap 'echo bye; exit 4' TERM; echo up; while :; do sleep 0.01; done",
    ]);
    while (!program.stdout().includes("up")) {
      await new Promise((done) => setTimeout(done, 5));
    }
    expect(node.read(`/proc/${program.pid}/comm`)).toBe("sh\n");
    expect(await program.stop()).toMatchObject({ exitCode: 4, stdout: "up\nbye" });
    expect(program.isRunning()).toBe(false);
  });

  test("stop() ends every process inside, daemons as well, and takes the cgroup folders away", async () => {
    const node = await FakeNode.start();
    const mark = processMark();
    await node.run("setsid", ["-f", "sh", "-c", `exec sleep ${mark} > /dev/null 2>&1`]);
    const group = cgroupOf(node.id);
    mkdirSync(`${group}/container/inner`, { recursive: true });
    expect(countProcesses(mark)).toBe(1);
    await node.stop();
    await node.stop();
    expect(countProcesses(mark)).toBe(0);
    expect(existsSync(`/proc/${node.pid}`)).toBe(false);
    expect(existsSync(group)).toBe(false);
  });

  test("after stop() nothing reaches inside, where another process may have the number by then", async () => {
    const node = await FakeNode.start();
    await node.stop();
    const stopped = `${node.id} has stopped`;
    for (const use of [
      () => node.run("true"),
      () => node.inNamespace("one", "true"),
      () => node.background("true"),
      () => node.snapshot(),
      () => node.capture("lo", ""),
      () => node.ping(null, "127.0.0.1"),
    ])
      await expect(use()).rejects.toThrow(stopped);
    for (const use of [() => node.outside("/"), () => node.read("/etc/hosts"), () => node.write("/x", "")])
      expect(use).toThrow(stopped);
  });

  test("a program in the background is over when the node has stopped", async () => {
    const node = await FakeNode.start();
    const program = await node.background("sleep", ["60"]);
    await Promise.all([node.stop(), program.stop("INT")]);
    expect(program.isRunning()).toBe(false);
  });

  test("await using ends the node with its block", async () => {
    let pid = 0;
    {
      await using node = await FakeNode.start();
      pid = node.pid;
      expect(existsSync(`/proc/${pid}`)).toBe(true);
    }
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });

  test("start() does not mind what the host has mounted on its /run, one over the other", async () => {
    const host = await startNode();
    const layer = "mount -t tmpfs layer /run; mkdir -p /run/netns; ip netns add one";
    // Its input has ended already, so the inner node leaves as soon as it has started.
    const start = `${layer}; ${layer}; exec sh -c "$1" guard trestle-inner "$2"`;
    const inner = await host.run("sh", ["-ec", start, "sh", guardScript, nodeScript]);
    expect(inner.stdout).toMatch(/^\d+$/);
    expect(inner.stderr).toBe("");
  });

  test("two nodes do not see each other", async () => {
    const [one, two] = await Promise.all([startNode(), startNode()]);
    const before = await two.snapshot();
    await one.run("ip", ["link", "add", "br0", "type", "bridge"]);
    await one.addNamespace("same");
    expect(diff(before, await two.snapshot())).toEqual([]);
  });
});

/** A folder of the node's name in the first cgroup hierarchy that this machine has. */
function cgroupOf(id: string): string {
  const hierarchy =
    ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"].find((path) => existsSync(path)) ?? "/sys/fs/cgroup";
  return `${hierarchy}/${id}`;
}
