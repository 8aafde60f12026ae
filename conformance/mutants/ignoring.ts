import type { Mutant } from "./mutant.ts";

/** What a plugin does not know, by jq's path to it, and who finds out. */
export interface IgnoredKey extends Pick<Mutant, "id" | "type" | "owner" | "caught"> {
  readonly path: string;
  readonly version?: Mutant["version"];
}

/** The commonest fault: a key of the documentation that does nothing. */
export function ignoring({ path, version, ...facts }: IgnoredKey): Mutant {
  return {
    ...facts,
    ...(version === undefined ? {} : { version }),
    breaks: `It does not know the key ${path.replace(/^\./, "")}.`,
    body: `configure 'del(${path})'\nreal`,
  };
}
