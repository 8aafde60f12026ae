/** `trestle show`: what the network of this host is. */
import { isatty } from "node:tty";
import { hexDigest } from "../../plugin/attachment.ts";
import { writeText } from "../../sys/streams.ts";
import { chooseBridges } from "./choose-bridges.ts";
import { describeHost } from "./describe-host.ts";
import type { Description } from "./description.ts";
import { help } from "./help.ts";
import { readOptions, UsageError, type Format, type Options } from "./options.ts";
import type { Diagram } from "./picture/diagram.ts";
import { readFindings } from "./read-findings.ts";

/** @returns the exit code */
export async function runShow(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args);
    writeText(1, options === "help" ? help : await show(options));
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isUsage = error instanceof UsageError;
    writeText(2, `trestle show: ${message}${isUsage ? "; trestle show --help has the usage" : ""}\n`);
    return isUsage ? 2 : 1;
  }
}

async function show({ format, bridges, host }: Options): Promise<string> {
  const described = describeHost(readFindings(process.env["NETCONFPATH"] || "/etc/cni/net.d"), hexDigest);
  const named = host === undefined ? described : { ...described, host };
  return formats[format](chooseBridges(named, bridges));
}

const formats: Readonly<Record<Format, (description: Description) => Promise<string>>> = {
  table: async (description) => {
    const isColoured = isatty(1) && !process.env["NO_COLOR"];
    return (await import("./format-table.ts")).formatTable(description, { isColoured });
  },
  json: async (description) => `${JSON.stringify(description, undefined, 2)}\n`,
  svg: async (description) => {
    const { formatSvg } = await import("./picture/svg.ts");
    return formatSvg([await diagramOf(description)]);
  },
  mermaid: async (description) => {
    const { formatMermaid } = await import("./picture/mermaid.ts");
    return formatMermaid(await diagramOf(description));
  },
  dot: async (description) => {
    const { formatDot } = await import("./picture/dot.ts");
    return formatDot(await diagramOf(description));
  },
};

async function diagramOf(description: Description): Promise<Diagram> {
  return (await import("./picture/make-diagram.ts")).makeDiagram(description);
}
