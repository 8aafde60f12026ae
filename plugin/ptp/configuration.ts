/** The ptp plugin's configuration: the keys of the reference plugin, and "nonMasqueradeCIDRs" as the bridge has it. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { Request } from "../../cni/request.ts";
import { decodeWith, object, type Read } from "../../cni/schema.ts";
import { commonKeys, masqueradeKeys, optionalMtu } from "../configuration-keys.ts";

const help = "docs/ptp.md has every key with its type and default";

const schema = object({ mtu: optionalMtu, ...masqueradeKeys, ...commonKeys });

export type PtpConfiguration = Read<typeof schema>;

/** @throws CniError */
export function readConfiguration(request: Request): PtpConfiguration {
  const configuration = decodeWith(schema, request.configuration.json, help);
  if (configuration.ipam.type !== "") return configuration;
  throw new CniError(
    errorCodes.invalidConfiguration,
    'invalid network configuration: "ipam.type" is missing',
    {
      details: `the two ends know each other by routes to their addresses; ${help}`,
    },
  );
}
