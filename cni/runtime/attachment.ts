/** What a runtime knows of one attachment; CNI specification 1.1.0, section 3 "Attachment Parameters". */
import { interfaceNameFault } from "../../inet/interface-name.ts";
import type { JsonObject } from "../json-object.ts";
import { nameFault } from "../environment.ts";
import { CniError, errorCodes } from "../error.ts";

/** CNI_ARGS as pairs of key and value. */
export type ArgumentPairs = readonly (readonly [key: string, value: string])[];

export interface Attachment {
  readonly containerId: string;
  /** Path of the container's network namespace. */
  readonly netns: string;
  readonly ifname: string;
  /** Undefined: none on ADD, and those of the ADD for what follows it. */
  readonly args: ArgumentPairs | undefined;
  /** What is supplied for capabilities, by their names; undefined as with `args`. */
  readonly capabilities: JsonObject | undefined;
}

/** @throws CniError 4 for an id or interface name that no plugin would take */
export function refuseInvalid({ containerId, ifname }: Attachment): void {
  const idFault = nameFault(containerId);
  if (idFault !== undefined) {
    throw new CniError(errorCodes.invalidEnvironment, `invalid container id: "${containerId}" ${idFault}`);
  }
  const fault = interfaceNameFault(ifname);
  if (fault !== undefined) {
    throw new CniError(errorCodes.invalidEnvironment, `invalid interface name: "${ifname}" ${fault}`);
  }
}
