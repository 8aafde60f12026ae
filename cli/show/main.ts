/** `trestle show`: what the network of this host is. */
import { isatty } from "node:tty";
import { hexDigest } from "../../plugin/attachment.ts";
import { readText } from "../../sys/folder.ts";
import { writeText } from "../../sys/streams.ts";
import { chooseBridges } from "./choose-bridges.ts";
import { describeHost } from "./describe-host.ts";
import type { Description } from "./description.ts";
import { help } from "./help.ts";
import { readOptions, UsageError, type Options } from "./options.ts";
import { readDescriptions } from "./read-files.ts";
import { readFindings } from "./read-findings.ts";

/**
 * Nobody calls it here. The bundler splits files by who reaches what: with all that an ADD loads in reach, this command does not split
 * that into more files, which would cost each ADD (`make bench` counts them).
 */
export { serve } from "../../plugin/serve.ts";

/** Bytes: far more than the largest host takes. */
const longestFile = 64 * 1024 * 1024;

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

async function show(options: Options): Promise<string> {
  const { format, cables } = options;
  if (format !== "table" && format !== "json") {
    const { drawPicture } = await import("./picture/draw.ts");
    return drawPicture(format, hostsOf(options), cables);
  }
  const description = thisHost(options);
  if (format === "json") return `${JSON.stringify(description, undefined, 2)}\n`;
  const { formatTable } = await import("./format-table.ts");
  return formatTable(description, { isColoured: isatty(1) && !process.env["NO_COLOR"] });
}

function thisHost({ bridges, host }: Options): Description {
  const described = describeHost(readFindings(process.env["NETCONFPATH"] || "/etc/cni/net.d"), hexDigest);
  return chooseBridges(host === undefined ? described : { ...described, host }, bridges);
}

function hostsOf(options: Options): Description[] {
  if (options.files.length === 0) return [thisHost(options)];
  const hosts = readDescriptions(options.files, (path) => readText(path, longestFile));
  return hosts.map((each) => chooseBridges(each, options.bridges));
}
