import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { type Background, startBackground } from "./background.ts";
import { type Capture, type CaptureOptions, startCapture } from "./capture.ts";
import { type CommandOptions, type CommandResult, runCommand } from "./command.ts";
import { hasCode } from "./error-code.ts";
import guardScript from "./guard.sh" with { type: "text" };
import nodeScript from "./node.sh" with { type: "text" };
import { type OutsideHost, type OutsideHostOptions, connectOutsideHost } from "./outside-host.ts";
import { type PingOptions, type PingResult, ping } from "./ping.ts";
import {
  type PluginCall,
  type PluginResult,
  callEnvironment,
  encodeInput,
  readReply,
} from "./plugin-call.ts";
import { pluginFolder } from "./plugin-folder.ts";
import { type Snapshot, type SnapshotOptions, takeSnapshot } from "./snapshot.ts";

/** A node takes tens of milliseconds; a machine that is this busy cannot show anything. */
const startLimitMs = 30_000;

type Guard = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * A host of its own inside this one: private network, mount and PID namespaces, an empty `/run`, `/var/lib/cni` and
 * sysfs, and a copy of `/etc` and `/var/lib` that swallows what is written to it. `/tmp`, `/dev` and the programs are
 * the real host's. Forwarding is off, `lo` is up, nothing else is configured.
 *
 * A node ends with `stop()`, with `await using`, or with the test process, however that dies; every process, mount,
 * link and namespace in it ends as well.
 */
export class FakeNode implements AsyncDisposable {
  /** Names the node's cgroup folders: give it to container runtimes as the cgroup parent. */
  readonly id: string;
  /** Its first process, as the host counts. */
  readonly pid: number;
  /** A folder inside for anything a test wants to keep there; gone with the node, and not part of snapshots. */
  readonly folder = "/var/lib/node";
  readonly #guard: Guard;
  #isStopped = false;

  private constructor(id: string, pid: number, guard: Guard) {
    this.id = id;
    this.pid = pid;
    this.#guard = guard;
  }

  /**
   * Starts a node, in about 20 ms.
   *
   * @throws Error without root or where the kernel lacks a namespace, with what the shell said, and after 30 seconds.
   */
  static async start(): Promise<FakeNode> {
    const id = `trestle-${process.pid}-${nextNumber()}`;
    const guard: Guard = spawn("/bin/sh", ["-c", guardScript, "guard", id, nodeScript], {
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
      cwd: "/",
    });
    const complaints: Buffer[] = [];
    guard.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
    // Listening from the start: it may come with the end of its output.
    const closed = once(guard, "close");
    closed.catch(() => undefined);
    const limit = setTimeout(() => {
      complaints.push(Buffer.from(`not ready after ${startLimitMs / 1000} s`));
      killGroup(guard);
    }, startLimitMs);
    try {
      for await (const line of createInterface({ input: guard.stdout })) {
        letGo(guard);
        return new FakeNode(id, Number(line), guard);
      }
      await closed;
      throw new Error(`Cannot start a node: ${Buffer.concat(complaints).toString().trim()}`);
    } finally {
      clearTimeout(limit);
    }
  }

  /** Where the host sees a path of the node, for reading and writing files and connecting to unix sockets. */
  outside(path: string): string {
    return join(this.#proc(), "root", path);
  }

  /** Where the host sees what was written to a folder of the host's; the names of layers are in node.sh. */
  layer(name: string): string {
    return join(this.#proc(), "fd/9", name);
  }

  /** Writes a file inside the node and makes the folders above it. */
  write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.outside(path)), { recursive: true });
    writeFileSync(this.outside(path), content);
  }

  /** Reads a text file of the node, `/run`, `/var/lib` and `/etc` included. */
  read(path: string): string {
    return readFileSync(this.outside(path), "utf8");
  }

  /**
   * Runs a program inside the node with a clean environment (PATH, HOME, LC_ALL) and `/` as its folder.
   *
   * @throws CommandError when it exits with another code than 0, unless `allowFailure` is set.
   */
  async run(
    command: string,
    args: readonly string[] = [],
    options: CommandOptions = {},
  ): Promise<CommandResult> {
    return runCommand(this.#enter(this.#ownNetwork(), [command, ...args], options.cwd), options);
  }

  /** As {@link run}, in one of the network namespaces made by {@link addNamespace}. */
  async inNamespace(
    name: string,
    command: string,
    args: readonly string[] = [],
    options: CommandOptions = {},
  ): Promise<CommandResult> {
    return runCommand(this.#enter(this.#network(name), [command, ...args], options.cwd), options);
  }

  /** Starts a program inside the node that stays; it ends with `stop()` of the handle or with the node. */
  async background(
    command: string,
    args: readonly string[] = [],
    options: CommandOptions & { readonly namespace?: string } = {},
  ): Promise<Background> {
    const network = options.namespace === undefined ? this.#ownNetwork() : this.#network(options.namespace);
    return startBackground(
      this,
      (argv) => this.#enter(network, argv, options.cwd),
      [command, ...args],
      options,
    );
  }

  /** Makes a network namespace with a running `lo`, as runtimes do for a container, and returns its path. */
  async addNamespace(name: string): Promise<string> {
    await this.run("sh", ["-ec", 'ip netns add "$1"; ip -n "$1" link set lo up', "sh", name]);
    return namespacePath(name);
  }

  /** Takes a network namespace away; what a plugin left in it goes with it. */
  async removeNamespace(name: string): Promise<void> {
    await this.run("ip", ["netns", "del", name]);
  }

  /** Starts the executable under test as a runtime does: clean environment, configuration on standard input. */
  async plugin(call: PluginCall): Promise<PluginResult> {
    const folder = call.folder ?? pluginFolder;
    const netns =
      call.netns === undefined || call.netns.startsWith("/") ? call.netns : namespacePath(call.netns);
    const ended = await this.run(join(folder, call.type), [], {
      input: encodeInput(call.config),
      env: callEnvironment(call, { netns, folder }),
      allowFailure: true,
      timeoutMs: call.timeoutMs ?? 30_000,
      ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
    });
    return { ...ended, json: readReply(ended.stdout) };
  }

  /**
   * Everything that a plugin could leave behind, as independent tools see it: links, addresses, routes, rules,
   * firewall, queues and settings of the node and of each of its namespaces, files, mounts, processes. Without what
   * changes by itself: counters, timers, indexes, handles. Compare two with `diff`.
   */
  async snapshot(options: SnapshotOptions = {}): Promise<Snapshot> {
    return takeSnapshot(this, options);
  }

  /**
   * Connects a host outside of the node (a namespace "outside") by a veth pair, and makes it the node's default route.
   * It has no route back to container networks, so it answers only what comes from the node's own address.
   */
  async addOutsideHost(options: OutsideHostOptions = {}): Promise<OutsideHost> {
    return connectOutsideHost(this, options);
  }

  /** Starts tcpdump on an interface and returns when it listens; bounded in packets and time. */
  async capture(networkInterface: string, filter: string, options: CaptureOptions = {}): Promise<Capture> {
    return startCapture(this, networkInterface, filter, options);
  }

  /** Pings from a namespace, or from the node itself when `from` is `null`; never throws for want of an answer. */
  async ping(from: string | null, address: string, options: PingOptions = {}): Promise<PingResult> {
    return ping(this, from, address, options);
  }

  /** Ends the node with everything in it; again does nothing. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (hasEnded(this.#guard)) {
      return;
    }
    const gone = once(this.#guard, "exit");
    this.#guard.stdin.end();
    // Only if the first process ignores its end of input, which would be a fault of node.sh.
    const impatience = setTimeout(() => killGroup(this.#guard), startLimitMs);
    await gone;
    clearTimeout(impatience);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** @throws Error when the node has stopped: the number of its first process may be another's by now */
  #proc(): string {
    if (this.#isStopped || hasEnded(this.#guard)) throw new Error(`The node ${this.id} has stopped`);
    return `/proc/${this.pid}`;
  }

  #ownNetwork(): string {
    return `${this.#proc()}/ns/net`;
  }

  #network(name: string): string {
    return this.outside(namespacePath(name));
  }

  #enter(network: string, argv: readonly string[], cwd = "/"): [string, ...string[]] {
    return [
      "/usr/bin/nsenter",
      `-t${this.pid}`,
      "-m",
      "-p",
      `--net=${network}`,
      `--wdns=${cwd}`,
      "--",
      ...argv,
    ];
  }
}

function hasEnded({ exitCode, signalCode }: Guard): boolean {
  return exitCode !== null || signalCode !== null;
}

/** The guard and the node's first process are a process group of their own; it may have ended by itself just now. */
function killGroup(guard: Guard): void {
  if (guard.pid === undefined || hasEnded(guard)) return;
  try {
    process.kill(-guard.pid, "SIGKILL");
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error;
  }
}

/** A test that forgets to stop its node does not keep the test process, which would keep the node. */
function letGo(guard: Guard): void {
  guard.unref();
  for (const stream of [guard.stdin, guard.stdout, guard.stderr]) {
    if (stream instanceof Socket) {
      stream.unref();
    }
  }
}

function namespacePath(name: string): string {
  return `/run/netns/${name}`;
}

let counter = 0;

function nextNumber(): number {
  counter += 1;
  return counter;
}
