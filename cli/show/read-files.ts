/** Descriptions that were written to files before, on this host or another. */
import { SchemaFault } from "../../cni/schema.ts";
import { decodeDescription } from "./description-schema.ts";
import type { Description } from "./description.ts";

/** A file that holds no description. */
export class NoDescription extends Error {
  override readonly name = "NoDescription";
}

/** @param readText throws errors that name the path. @throws NoDescription */
export function readDescriptions(
  paths: readonly string[],
  readText: (path: string) => string,
): Description[] {
  const hosts: Description[] = [];
  for (const path of paths) {
    const description = readDescription(path, readText(path));
    if (hosts.some(({ host }) => host === description.host)) throw sameName(path, description);
    hosts.push(description);
  }
  return hosts;
}

function sameName(path: string, { host }: Description): NoDescription {
  return new NoDescription(
    `${path}: another host is called ${JSON.stringify(host)} as well; "trestle show --json --host NAME" gives another name`,
  );
}

function readDescription(path: string, text: string): Description {
  try {
    return decodeDescription(JSON.parse(text));
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof SchemaFault)) throw cause;
    const why = `is not what "trestle show --json" prints: ${cause.message}`;
    throw new NoDescription(`${path} ${why}`, { cause });
  }
}
