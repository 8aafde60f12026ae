/** `trestle net`: attaches namespaces to networks by hand, as a runtime does. */
import { isatty } from "node:tty";
import { CniError, errorCodes, formatError } from "../../cni/error.ts";
import { formatResult } from "../../cni/result.ts";
import { commandSince } from "../../cni/request.ts";
import { loadNetwork } from "../../cni/runtime/load-network.ts";
import { Network } from "../../cni/runtime/network.ts";
import { isAtLeast, newestVersion } from "../../cni/version.ts";
import { toCniError } from "../../plugin/fault.ts";
import { writeText } from "../../sys/streams.ts";
import { help } from "./help.ts";
import { readOptions, UsageError, type Options, type Verb } from "./options.ts";
import { configurationFiles, openOutside } from "./outside.ts";
import {
  reportAdded,
  reportChecked,
  reportCollected,
  reportDeleted,
  reportDisabled,
  reportError,
  reportStatus,
} from "./report.ts";

/** What was done, once for people and once for programs; cnitool's own output where that is other than `json`. */
interface Outcome {
  readonly words: string;
  readonly json: object | string;
}

/** @returns the exit code */
export async function runNet(args: readonly string[]): Promise<number> {
  let options;
  try {
    options = readOptions(args, { environment: process.env, workingFolder: process.cwd() });
  } catch (error) {
    return refuse(error, args);
  }
  if (options === "help") {
    writeText(1, help);
    return 0;
  }
  try {
    show(await perform(options), options);
    return 0;
  } catch (error) {
    return fail(toCniError(error), options);
  }
}

function refuse(error: unknown, args: readonly string[]): number {
  if (!(error instanceof UsageError))
    return fail(toCniError(error), { verb: args[0] ?? "", json: args.includes("--json") });
  const details = "trestle net --help has the usage";
  const asCni = new CniError(errorCodes.invalidEnvironment, error.message, { details });
  if (args.includes("--json")) writeText(1, formatError(asCni, newestVersion));
  else writeText(2, `trestle net: ${error.message}; ${details}\n`);
  return 2;
}

function fail(error: CniError, { verb, json }: Pick<Options, "json"> & { readonly verb: string }): number {
  if (json) writeText(1, formatError(error, newestVersion));
  else writeText(2, reportError(verb, error));
  return 1;
}

/** A program that reads add's output gets the result, as from cnitool; of the others it sees the exit code. */
function show({ words, json }: Outcome, options: Options): void {
  const text = typeof json === "string" ? json : `${JSON.stringify(json)}\n`;
  if (options.json) writeText(1, text);
  else if (isatty(1)) writeText(1, words);
  else if (options.verb === "add") writeText(1, text);
}

type Step = (network: Network, options: Options) => Promise<Outcome>;

function facts({ network, attachment }: Options): object {
  const { containerId, ifname, netns } = attachment;
  return { network, containerId, ifname, netns };
}

const steps: Readonly<Record<Verb, Step>> = {
  add: async (network, options) => {
    const start = performance.now();
    const result = await network.add(options.attachment);
    const words = reportAdded(result, { ...options, milliseconds: performance.now() - start });
    return { words, json: formatResult(result, network.version) };
  },
  check: async (network, options) => {
    await network.check(options.attachment);
    const asked = !network.list.disableCheck;
    const words = asked ? reportChecked(options) : reportDisabled(options.network, "disableCheck");
    return { words, json: { ...facts(options), asked } };
  },
  del: async (network, options) => {
    await network.del(options.attachment);
    return { words: reportDeleted(options), json: facts(options) };
  },
  gc: async (network, { network: name, keep }) => {
    const removed = await network.gc(keep);
    const { disableGc } = network.list;
    const words = disableGc ? reportDisabled(name, "disableGC") : reportCollected(removed, name);
    const asked = !disableGc && isAtLeast(network.version, commandSince.GC);
    return { words, json: { network: name, removed, asked } };
  },
  status: async (network, { network: name }) => {
    await network.status();
    const asked = isAtLeast(network.version, commandSince.STATUS);
    return { words: reportStatus(name, asked), json: { network: name, ready: true, asked } };
  },
};

async function perform(options: Options): Promise<Outcome> {
  const { verb, folder, network: name, path } = options;
  const network = new Network(loadNetwork(configurationFiles, { folder, name }), openOutside(path));
  return steps[verb](network, options);
}
