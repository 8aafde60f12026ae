/** The macvlan plugin's configuration: the keys of the reference plugin, and "enabledad" as the bridge has it. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Request } from "../../cni/request.ts";
import { decodeWith, flag, object, optional, optionalMac, count, text } from "../../cni/schema.ts";
import { macvlanModes, type MacvlanMode } from "../../netlink/route/macvlan-link.ts";
import { commonKeys, macFromArguments, macKeys, masterName, optionalMtu } from "../configuration-keys.ts";
import type { UpperConfiguration } from "../upper-device/kind.ts";

const help = "docs/macvlan.md has every key with its type and default";

const schema = object({
  master: masterName,
  mode: optional(text, ""),
  mtu: optionalMtu,
  mac: optionalMac,
  linkInContainer: flag,
  bcqueuelen: count,
  // Duplicate detection is what a physical network expects.
  enabledad: optional(flag, true),
  ...commonKeys,
  ...macKeys,
});

export interface MacvlanConfiguration extends UpperConfiguration {
  readonly mode: MacvlanMode;
  /** Packets; undefined leaves it to the kernel. */
  readonly broadcastQueueLength: number | undefined;
}

function readMode(mode: string): MacvlanMode {
  if (mode === "") return "bridge";
  const names = Object.keys(macvlanModes) as MacvlanMode[];
  const known = names.find((name) => name === mode);
  if (known !== undefined) return known;
  throw new CniError(errorCodes.invalidConfiguration, `unknown macvlan mode: "${mode}"`, {
    details: `"mode" is one of ${names.join(", ")}`,
  });
}

/** @throws CniError */
export function readConfiguration(request: Request): MacvlanConfiguration {
  const decoded = decodeWith(schema, request.configuration.json, help);
  const { args, runtimeConfig, bcqueuelen, ...rest } = decoded;
  const configuration = {
    ...rest,
    mode: readMode(decoded.mode),
    mac: runtimeConfig?.mac ?? args?.cni?.mac ?? macFromArguments(request) ?? decoded.mac,
    broadcastQueueLength: bcqueuelen || undefined,
  };
  if (configuration.mode === "passthru" && configuration.mac !== undefined) {
    throw new CniError(
      errorCodes.invalidConfiguration,
      "cannot set a MAC address in mode passthru, in which the interface has its master's",
      { details: "choose another mode, or ask for no MAC address" },
    );
  }
  return configuration;
}
