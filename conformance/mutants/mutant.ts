/** What a mutant is: our own plugin behind a script that breaks one thing. Mutants are data; the files beside this one have them. */
import type { Version } from "../../cni/version.ts";

/** The plugins that get broken. */
export const mutatedTypes = ["bridge", "host-local", "loopback"] as const;
export type MutatedType = (typeof mutatedTypes)[number];

/** Each stands for a shape of results and a set of commands, so a clause that holds in these is taken to hold in all. */
export const judgedVersions = ["0.2.0", "0.4.0", "1.1.0"] as const satisfies readonly Version[];

/** In which a mutant is run unless it names another. */
export const newestJudged = "1.1.0";

export interface Mutant {
  /** Its name: what it does, in a few words. */
  readonly id: string;
  readonly type: MutatedType;
  /** What is wrong with it, in one sentence. */
  readonly breaks: string;
  /** The clause that owns the fault. */
  readonly owner: string;
  /** What the owner says about it, so that it is not caught by accident. */
  readonly caught: RegExp;
  /** The version in which it is caught; the newest when left out. */
  readonly version?: Version;
  /** What follows `wrapper.sh` in the script. */
  readonly body: string;
}

/** A wrapper that breaks nothing: whatever a clause says about it is the clause's or the wrapper's fault. */
export const unbroken = "real";
