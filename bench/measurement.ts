/** Lines of a run gathered by what they belong to. */
import type { Line, OpLine } from "./fake-host.ts";
import { warmUpTag, type Tag } from "./plan.ts";
import type { Operation } from "./scenario.ts";
import { summarize, type Summary } from "./statistics.ts";

export interface Measurement extends Tag {
  /** Of each process from its start to its end, milliseconds. */
  readonly latency: Summary;
  /** Of a whole group divided by its size, milliseconds: the throughput turned round. */
  readonly wallPerOperation: Summary;
  /** User and system time of the process and of all that it waited for, milliseconds. */
  readonly cpu: Summary;
  /** Of the largest process among it and those that it waited for, mebibytes. */
  readonly maxRssMiB: number;
  /** Processes that outlived the one that started them. */
  readonly leftBehind: number;
  readonly failures: number;
}

interface Gathered {
  readonly tag: Tag;
  readonly ops: OpLine[];
  readonly wall: number[];
  leftBehind: number;
}

/** Takes the lines of one scenario after the other. */
export class Collector {
  readonly #groups = new Map<string, Gathered>();
  readonly #errors = new Map<string, string>();

  take(line: Line): void {
    if ("shell" in line) {
      if (line.status !== 0) this.#fail(line.shell, line.out);
      return;
    }
    const key = "op" in line ? line.op : "group" in line ? line.group : line.late;
    if ("op" in line && line.status !== 0) this.#fail(key, failureText(line));
    if (key === warmUpTag) return;
    const gathered = this.#gathered(key);
    if ("op" in line) gathered.ops.push(line);
    else gathered.leftBehind += line.leftBehind;
    if ("group" in line) gathered.wall.push(line.ms / line.size);
  }

  /** The first error of each kind, by what failed. */
  get errors(): ReadonlyMap<string, string> {
    return this.#errors;
  }

  /** Only of runs that succeeded: a failure is quick, and nobody wants it. */
  measurements(): Measurement[] {
    return [...this.#groups.values()].flatMap(({ tag, ops, wall, leftBehind }) => {
      const good = ops.filter((op) => op.status === 0);
      if (good.length === 0) return [];
      return {
        ...tag,
        latency: summarize(good.map((op) => op.ms)),
        wallPerOperation: summarize(wall),
        cpu: summarize(good.map((op) => op.cpuMs)),
        maxRssMiB: Math.max(...good.map((op) => op.maxRssKb)) / 1024,
        leftBehind,
        failures: ops.length - good.length,
      };
    });
  }

  #gathered(key: string): Gathered {
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const gathered = { tag: parseTag(key), ops: [], wall: [], leftBehind: 0 };
    this.#groups.set(key, gathered);
    return gathered;
  }

  #fail(what: string, text: string): void {
    if (!this.#errors.has(what)) this.#errors.set(what, text.trim());
  }
}

function failureText({ status, out, err }: OpLine): string {
  return [`exit status ${status}`, out, err].filter((part) => part !== undefined && part !== "").join(": ");
}

const operations: readonly Operation[] = ["version", "add", "del"];

function parseTag(text: string): Tag {
  const { scenario, atOnce, contestant, operation } = JSON.parse(text) as Record<keyof Tag, unknown>;
  const known = operations.find((name) => name === operation);
  if (known === undefined) throw new Error(`not a tag of the plan: ${text}`);
  return {
    scenario: String(scenario),
    atOnce: Number(atOnce),
    contestant: String(contestant),
    operation: known,
  };
}
