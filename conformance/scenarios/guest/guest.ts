import { once } from "node:events";
import { existsSync } from "node:fs";
import { type Socket, connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type FakeNode, repository } from "../../node/index.ts";
import { patience } from "../../node/patience.ts";
import type { Endpoint } from "../endpoint.ts";

/** What build.sh makes. */
export const guestFolder = join(repository, "dist/guest");

/** Why this machine has no guests, in words; empty where it has. */
export const guestLack: readonly string[] = existsSync(join(guestFolder, "key")) ? [] : ["a guest's image"];

const commandLimitMs = 60_000;

/** How a guest is plugged in. */
export interface GuestOptions {
  /** For people. */
  readonly name: string;
  /** The tap device of the node, made already. */
  readonly tap: string;
  /** What the guest gives its network card. */
  readonly mac: string;
  /** With its length, such as "10.1.0.9/24". */
  readonly address: string;
}

/** What came of a command. */
export interface Spoken {
  readonly exitCode: number;
  readonly output: string;
}

/** A virtual machine: QEMU in the node, Linux and busybox in it. It ends with the node at the latest. */
export class Guest implements Endpoint, AsyncDisposable {
  readonly name: string;
  readonly address: string;
  readonly mac: string;
  readonly #console: Socket;
  readonly #lines: AsyncIterator<string>;
  readonly #stop: () => Promise<unknown>;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: GuestOptions, console: Socket, stop: () => Promise<unknown>) {
    this.name = options.name;
    this.address = options.address.replace(/\/.*/, "");
    this.mac = options.mac;
    this.#console = console;
    this.#lines = createInterface({ input: console })[Symbol.asyncIterator]();
    this.#stop = stop;
  }

  /** Lets a guest go on from where build.sh kept it, with its card plugged into the tap device, and gives it its address. */
  static async start(node: FakeNode, options: GuestOptions): Promise<Guest> {
    const path = `/run/${options.tap}.console`;
    const machine = await node.background(join(import.meta.dirname, "machine.sh"), [
      guestFolder,
      `tap,ifname=${options.tap},script=no,downscript=no`,
      "-chardev",
      `socket,id=console,path=${path},server=on,wait=on`,
      "-serial",
      "chardev:console",
      "-incoming",
      `exec:cat ${guestFolder}/state`,
    ]);
    const socket = await dial(node.outside(path), () => machine.isRunning());
    const stop = async (): Promise<unknown> => machine.stop("KILL");
    if (socket === undefined) throw new Error(`The guest did not start: ${machine.stderr()}`);
    const guest = new Guest(options, socket, stop);
    await guest.#wake();
    await guest.must(`ip link set eth0 address ${options.mac}`);
    await guest.must(`ip addr add ${options.address} dev eth0`);
    await guest.must("ip link set eth0 up");
    return guest;
  }

  /** Runs a command of busybox's shell; commands wait for each other. @throws Error when it is not done in time */
  async run(command: string): Promise<Spoken> {
    const mine = this.#turn.then(async () => this.#speak(command));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** The same for a command that must succeed. */
  async must(command: string): Promise<string> {
    const { exitCode, output } = await this.run(command);
    if (exitCode !== 0) throw new Error(`In ${this.name}: ${command}: exit ${exitCode}\n${output}`);
    return output;
  }

  async ping(address: string, attempts = 3): Promise<boolean> {
    const attempt = `ping -c 1 -W 2 ${address} > /dev/null`;
    return (await this.run(Array.from({ length: attempts }, () => attempt).join(" || "))).exitCode === 0;
  }

  /** The console may lose the first byte that it gets. The answers to empty lines come before that to the command. */
  async #wake(): Promise<void> {
    this.#console.write("\n\necho awake\n");
    for (let output = ""; !output.includes("awake");) ({ output } = await this.#hear("wake up"));
  }

  async #speak(command: string): Promise<Spoken> {
    this.#console.write(`${command}\n`);
    return this.#hear(command);
  }

  /** Waits for one answer. */
  async #hear(command: string): Promise<Spoken> {
    const limit = setTimeout(() => this.#console.destroy(), commandLimitMs * patience);
    const lines: string[] = [];
    try {
      for (;;) {
        const next = await this.#lines.next();
        if (next.done === true) throw new Error(`${this.name} is silent: ${command}\n${lines.join("\n")}`);
        const code = /^= (?<code>\d+)\r?$/.exec(next.value)?.groups?.["code"];
        if (code !== undefined) return { exitCode: Number(code), output: lines.join("\n") };
        lines.push(next.value);
      }
    } finally {
      clearTimeout(limit);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#console.destroy();
    await this.#stop();
  }
}

/** Connects as soon as the socket is there. @returns undefined when the machine ended before */
async function dial(path: string, isRunning: () => boolean): Promise<Socket | undefined> {
  while (isRunning()) {
    const socket = connect(path);
    const isConnected = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    if (isConnected) return socket;
    await new Promise((done) => setTimeout(done, 50));
  }
  return undefined;
}
