/** What a case works with: a host of its own, the plugin under judgement, and ways to say what must come of a call. */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import { isAtLeast, type Version } from "../../cni/version.ts";
import { diff } from "../node/diff.ts";
import type { FakeNode } from "../node/fake-node.ts";
import type { Snapshot } from "../node/snapshot.ts";
import { makeBox, makeInterface, removeInterface, type Box } from "./box.ts";
import { parsed, readError, said, type Ended, type ErrorClaim, type PrintedError } from "./answer.ts";
import { claim, claimNone, claimSame } from "./claim.ts";
import { previousResult } from "./previous-result.ts";
import type { RecordedCall } from "./report.ts";
import type { Subject } from "./subject.ts";
import { makeUplink, needsUplink } from "./uplink.ts";
import { Fault, NotApplicable, Overdue, Skipped } from "./verdict.ts";

export { readError, said, type Ended } from "./answer.ts";

/** A call that takes longer hangs; plugins take some ten milliseconds. */
const callLimitMs = 15_000;

/** One start of the plugin. */
export interface CallOptions {
  /** Whose attachment; the trial's first box when left out. */
  readonly of?: Box;
  /** The configuration; {@link Trial.configuration} when left out. */
  readonly config?: JsonObject;
  /** Standard input as it is, instead of a configuration. */
  readonly stdin?: string | Uint8Array;
  /** Added to the configuration as `prevResult`. */
  readonly previous?: JsonObject | undefined;
  /** CNI_ARGS. */
  readonly args?: string;
  /** CNI_PATH; the plugin's folder when left out. */
  readonly path?: string;
  /** Set last; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Another plugin of the same folder. */
  readonly type?: string;
}

export interface TrialSetup {
  readonly subject: Subject;
  readonly version: Version;
  readonly node: FakeNode;
  /** Why no ADD of the subject can work on this machine, in words. */
  readonly lack?: string | undefined;
}

/** Types whose configuration serves one attachment at a time: a master has one interface for each VLAN. */
const typesOfOne = ["vlan"];

/** What tells whether an ADD works, or could. */
const commandsInNeed = ["ADD", "STATUS"];

export class Trial {
  readonly subject: Subject;
  readonly version: Version;
  readonly node: FakeNode;
  /** The calls so far. */
  readonly calls: RecordedCall[] = [];
  readonly #box: Box;
  readonly #lack: string | undefined;
  /** Container ids and interface names of what was added and not deleted. */
  readonly #attached = new Set<string>();
  #boxes = 1;

  private constructor({ subject, version, node, lack }: TrialSetup, box: Box) {
    this.subject = subject;
    this.version = version;
    this.node = node;
    this.#box = box;
    this.#lack = lack;
  }

  /** Makes the first box; for chained plugins it has an interface. */
  static async start(setup: TrialSetup): Promise<Trial> {
    const trial = new Trial(setup, await makeBox(setup.node, { name: "one", number: 1 }));
    if (trial.isChained) await makeInterface(setup.node, trial.box);
    if (needsUplink(setup.subject)) await makeUplink(setup.node);
    return trial;
  }

  /** The attachment that calls are about unless they say otherwise. */
  get box(): Box {
    return this.#box;
  }

  get isChained(): boolean {
    return this.subject.kind === "chained";
  }

  /** True where the trial's version is this one or later. */
  isAtLeast(version: Version): boolean {
    return isAtLeast(this.version, version);
  }

  /** Another attachment, with a namespace of its own: "two", "three". */
  async addBox(name: string): Promise<Box> {
    this.#boxes++;
    const box = await makeBox(this.node, { name, number: this.#boxes });
    if (this.isChained) await makeInterface(this.node, box);
    return box;
  }

  /** The subject's configuration in the trial's version, with keys replaced; `undefined` takes one away. */
  configuration(changes: Readonly<Record<string, unknown>> = {}): JsonObject {
    return { cniVersion: this.version, ...this.subject.configuration, ...changes };
  }

  /** The same with keys of its `ipam` replaced. */
  withIpam(
    changes: Readonly<Record<string, unknown>>,
    others: Readonly<Record<string, unknown>> = {},
  ): JsonObject {
    const ipam = this.subject.configuration["ipam"];
    return this.configuration({ ...others, ipam: { ...(isJsonObject(ipam) ? ipam : {}), ...changes } });
  }

  /**
   * Starts the plugin and waits for its end. A chained plugin's ADD gets a prevResult unless `previous` is there.
   *
   * @throws Overdue after 15 s, Fault where a signal ended it: neither is an answer, not even a refusal. Skipped for an ADD or a
   * STATUS where the machine lacks what the plugin needs: its refusal would be no word about the promise
   */
  async call(command: string, options: CallOptions = {}): Promise<Ended> {
    const { of = this.box, type = this.subject.type } = options;
    if (this.#lack !== undefined && commandsInNeed.includes(command)) throw new Skipped(this.#lack);
    const stdin = options.stdin ?? JSON.stringify(this.#input(command, options));
    const environment = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: of.containerId,
      CNI_NETNS: of.netns,
      CNI_IFNAME: of.ifname,
      CNI_PATH: options.path ?? this.subject.folder,
      CNI_ARGS: options.args,
      ...options.env,
    };
    const attachment = `${environment.CNI_CONTAINERID} ${environment.CNI_IFNAME}`;
    if (command === "ADD") this.#refuseSecond(attachment);
    const program = `${this.subject.folder}/${type}`;
    const { isOverdue, signal, ...ended } = await this.node.run(program, [], {
      input: stdin,
      env: environment,
      allowFailure: true,
      isExact: true,
      timeoutMs: callLimitMs,
    });
    const set = Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const record = {
      command,
      program,
      environment: Object.fromEntries(set),
      stdin: typeof stdin === "string" ? stdin : `${stdin.length} bytes`,
      ...ended,
    };
    this.calls.push(record);
    if (isOverdue) throw new Overdue(`${command} must end, and has not after ${callLimitMs / 1000} s`);
    if (signal !== undefined)
      throw new Fault(`${command} must end by itself, and died of ${signal}, ${said(record)}`);
    if (ended.exitCode === 0 && command === "ADD") this.#attached.add(attachment);
    if (ended.exitCode === 0 && command === "DEL") this.#attached.delete(attachment);
    return { ...record, json: parsed(ended.stdout) };
  }

  #refuseSecond(attachment: string): void {
    const isOfOne = typesOfOne.some((type) => type === this.subject.configuration["type"]);
    const hasOthers = [...this.#attached].some((other) => other !== attachment);
    if (isOfOne && hasOthers) throw new NotApplicable("its configuration serves one attachment at a time");
  }

  #input(command: string, options: CallOptions): JsonObject {
    const config = options.config ?? this.configuration();
    if ("previous" in options) {
      return options.previous === undefined ? config : { ...config, prevResult: options.previous };
    }
    const isNeeded = this.isChained && command === "ADD" && config["prevResult"] === undefined;
    return isNeeded ? { ...config, prevResult: this.previousOf(options.of) } : config;
  }

  /** What the plugin before a chained one would have printed. */
  previousOf(box: Box = this.box): JsonObject {
    return previousResult(this.version, box);
  }

  /** ADD that must succeed: one result on standard output, in the trial's version. */
  async add(options: CallOptions = {}): Promise<JsonObject> {
    const ended = await this.call("ADD", options);
    claim(
      ended.exitCode === 0,
      `ADD of a valid configuration must succeed: exit ${ended.exitCode}, ${said(ended)}`,
    );
    claim(isJsonObject(ended.json), `a successful ADD must print one JSON object, found ${said(ended)}`);
    const version = this.#versionOf(options);
    claimSame("the result's cniVersion", ended.json["cniVersion"], version);
    return ended.json;
  }

  #versionOf({ config, stdin }: CallOptions): unknown {
    const given = config ?? (typeof stdin === "string" ? parsed(stdin) : undefined);
    return isJsonObject(given) ? (given["cniVersion"] ?? "0.1.0") : this.version;
  }

  /** DEL, CHECK, GC or STATUS that must succeed, without a word on standard output. */
  async succeed(command: string, options: CallOptions = {}): Promise<Ended> {
    const ended = await this.call(command, options);
    claim(ended.exitCode === 0, `${command} must succeed: exit ${ended.exitCode}, ${said(ended)}`);
    claim(ended.stdout === "", `a successful ${command} must print nothing, found ${said(ended)}`);
    return ended;
  }

  /** A call that must fail: with an exit code, and exactly one error object on standard output. */
  async fail(command: string, options: CallOptions = {}, expected: ErrorClaim = {}): Promise<PrintedError> {
    const ended = await this.call(command, options);
    claim(ended.exitCode !== 0, `${command} must fail, but it exited with 0 and ${said(ended)}`);
    return readError(ended, expected);
  }

  /** `prevResult` for CHECK and DEL: the final result of the chain. DEL has it since 0.4.0. */
  final(result: JsonObject): { readonly previous?: JsonObject } {
    return this.isAtLeast("0.4.0") ? { previous: result } : {};
  }

  async snapshot(): Promise<Snapshot> {
    return this.node.snapshot({ isWhole: true });
  }

  /** How the host differs from an earlier snapshot, a line for each difference. */
  async changesSince(before: Snapshot): Promise<readonly string[]> {
    return diff(before, await this.snapshot());
  }

  /** Nothing but what `ignore` matches differs from an earlier snapshot. */
  async claimUnchanged(what: string, before: Snapshot, ignore: readonly RegExp[] = []): Promise<void> {
    claimNone(what, diff(before, await this.snapshot(), { ignore }));
  }

  /**
   * Two rounds of a use that undoes itself, each with a container of its own. The first may leave what `mayRemain` matches,
   * made once for all containers; the second nothing but what `mayChange` matches, so that whatever is left for each of
   * them is found, wherever it is and whatever its name.
   */
  async claimRepeatable(
    round: (box: Box) => Promise<void>,
    {
      mayRemain,
      mayChange,
    }: { readonly mayRemain: readonly RegExp[]; readonly mayChange: readonly RegExp[] },
  ): Promise<void> {
    const boxes = [this.box, await this.addBox("two")] as const;
    if (this.isChained) for (const box of boxes) await removeInterface(this.node, box);
    const inChain = async (box: Box): Promise<void> => {
      if (this.isChained) await makeInterface(this.node, box);
      await round(box);
      if (this.isChained) await removeInterface(this.node, box);
    };
    const before = await this.snapshot();
    await inChain(boxes[0]);
    const between = await this.snapshot();
    await inChain(boxes[1]);
    const after = await this.snapshot();
    claimNone("something stayed", diff(before, between, { ignore: mayRemain }));
    claimNone("something stays of each container", diff(between, after, { ignore: mayChange }));
  }

  /** Ends the case: the promise does not concern this plugin. */
  notApplicable(reason: string): never {
    throw new NotApplicable(reason);
  }

  /** Ends the case: this machine cannot show it. */
  skip(reason: string): never {
    throw new Skipped(reason);
  }
}
