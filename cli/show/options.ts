/** What `trestle show` was asked to do. */
import { parseArgs } from "node:util";

export const graphFormats = ["svg", "mermaid", "dot"] as const;
export type GraphFormat = (typeof graphFormats)[number];

export type Format = "table" | "json" | GraphFormat;

/** The command line is not one that can be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export interface Options {
  readonly format: Format;
  /** Names of the bridges to show; all where there is none. */
  readonly bridges: readonly string[];
  /** What the host is called, instead of its own name. */
  readonly host: string | undefined;
}

/** "help", or what to do. @throws UsageError */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values, positionals } = parse(args);
  if (values.help || positionals[0] === "help") return "help";
  if (positionals.length > 0) throw new UsageError(`too many arguments: ${positionals.join(" ")}`);
  if (values.json && values.graph !== undefined)
    throw new UsageError("--json and --graph are two formats: choose one");
  const graph = values.graph === undefined ? undefined : readFormat(values.graph);
  return { format: graph ?? (values.json ? "json" : "table"), bridges: values.bridge, host: values.host };
}

function readFormat(text: string): GraphFormat {
  const found = graphFormats.find((format) => format === text);
  if (found !== undefined) return found;
  throw new UsageError(`--graph is "${text}": it takes ${graphFormats.join(", ")}`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        graph: { type: "string" },
        bridge: { type: "string", multiple: true, default: [] },
        host: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
