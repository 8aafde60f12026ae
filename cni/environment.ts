/** The variables that carry a request's parameters; CNI specification 1.1.0, section 2 "Parameters". */
import { interfaceNameFault } from "../inet/interface-name.ts";
import { CniError, errorCodes } from "./error.ts";

/** VERSION is the sixth; it takes no parameters and is answered by `version-reply.ts` before any of this is loaded. */
export const commands = ["ADD", "CHECK", "DEL", "GC", "STATUS"] as const;
export type Command = (typeof commands)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

/** The parameters of one request; empty where the command has none. */
export interface Parameters {
  readonly command: Command;
  readonly containerId: string;
  /** Path of the container's network namespace. */
  readonly netns: string;
  readonly ifname: string;
  /** CNI_ARGS as it came. */
  readonly args: string;
  /** Folders in which delegated plugins are looked for, in order. */
  readonly path: readonly string[];
}

const nameForm = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** What is wrong with a container id or network name, or undefined. */
export function nameFault(name: string): string | undefined {
  if (nameForm.test(name)) return undefined;
  return 'must start with a letter or digit and hold only letters, digits, "_", "." and "-"';
}

interface Variable {
  readonly name: string;
  readonly neededBy: readonly Command[];
  readonly fault?: (value: string) => string | undefined;
}

const variables: readonly Variable[] = [
  { name: "CNI_CONTAINERID", neededBy: ["ADD", "CHECK", "DEL"], fault: nameFault },
  { name: "CNI_NETNS", neededBy: ["ADD", "CHECK"] },
  { name: "CNI_IFNAME", neededBy: ["ADD", "CHECK", "DEL"], fault: interfaceNameFault },
  // CNI_PATH is asked for where a delegate has to be found, as the specification has it, and not up front.
];

/** @throws CniError 4 when the command is unknown */
export function readCommand(environment: Environment): Command {
  const value = environment["CNI_COMMAND"] ?? "";
  const command = commands.find((known) => known === value);
  if (command !== undefined) return command;
  throw new CniError(errorCodes.invalidEnvironment, `unknown CNI_COMMAND: ${value}`, {
    details: `CNI_COMMAND must be one of ${commands.join(", ")}, VERSION`,
  });
}

/** All parameters. @throws CniError 4 naming every variable that is missing, or the one that is invalid */
export function readParameters(command: Command, environment: Environment): Parameters {
  const needed = variables.filter((variable) => variable.neededBy.includes(command));
  refuseInvalid(needed, environment);
  const missing = needed.map((variable) => variable.name).filter((name) => (environment[name] ?? "") === "");
  if (missing.length > 0) {
    throw new CniError(
      errorCodes.invalidEnvironment,
      `required env variables [${missing.join(",")}] missing`,
      {
        details: `CNI_COMMAND ${command} needs ${needed.map((variable) => variable.name).join(", ")}`,
      },
    );
  }
  return {
    command,
    containerId: environment["CNI_CONTAINERID"] ?? "",
    netns: environment["CNI_NETNS"] ?? "",
    ifname: environment["CNI_IFNAME"] ?? "",
    args: environment["CNI_ARGS"] ?? "",
    path: (environment["CNI_PATH"] ?? "").split(":").filter((folder) => folder !== ""),
  };
}

function refuseInvalid(needed: readonly Variable[], environment: Environment): void {
  for (const { name, fault } of needed) {
    const value = environment[name] ?? "";
    const problem = value === "" ? undefined : fault?.(value);
    if (problem !== undefined) {
      throw new CniError(errorCodes.invalidEnvironment, `invalid ${name}: "${value}" ${problem}`, {
        details: value,
      });
    }
  }
}
