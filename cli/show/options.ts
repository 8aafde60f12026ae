/** What `trestle show` was asked to do. */
import { parseArgs } from "node:util";
import { readCable, type Cable } from "./picture/cables.ts";

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
  /** Files with descriptions, to be drawn instead of this host. */
  readonly files: readonly string[];
  readonly cables: readonly Cable[];
}

/** "help", or what to do. @throws UsageError */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values, positionals: files } = parse(args);
  if (values.help || files[0] === "help") return "help";
  if (values.json && values.graph !== undefined)
    throw new UsageError("--json and --graph are two formats: choose one");
  const graph = values.graph === undefined ? undefined : readFormat(values.graph);
  if (graph === undefined && files.length + values.cable.length > 0)
    throw new UsageError("files and --cable are for pictures: --graph is missing");
  if (files.length > 0 && values.host !== undefined)
    throw new UsageError("--host names this host, not those of files");
  return {
    format: graph ?? (values.json ? "json" : "table"),
    bridges: values.bridge,
    host: values.host,
    files,
    cables: values.cable.map(cable),
  };
}

function cable(given: string): Cable {
  const read = readCable(given);
  if (read !== undefined) return read;
  throw new UsageError(`--cable is "${given}": it takes HOST/INTERFACE=HOST/INTERFACE`);
}

function readFormat(given: string): GraphFormat {
  const found = graphFormats.find((format) => format === given);
  if (found !== undefined) return found;
  throw new UsageError(`--graph is "${given}": it takes ${graphFormats.join(", ")}`);
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
        cable: { type: "string", multiple: true, default: [] },
        host: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
