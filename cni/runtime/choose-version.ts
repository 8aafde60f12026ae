/** Which version of the protocol a network is served in; CNI specification 1.1.0, section 1 "cniVersions". */
import { CniError, errorCodes } from "../error.ts";
import { isVersion, versions } from "../version.ts";

/** Up to three numbers, as the Go library reads them; "" means 0.1.0. */
const form = /^(\d+(\.\d+){0,2})?$/;

function refuseMalformed(version: string, key: string): void {
  if (form.test(version)) return;
  throw new CniError(
    errorCodes.decodeFailure,
    `"${key}" is ${JSON.stringify(version)}: must be a version such as "1.1.0"`,
  );
}

/**
 * The newest one that is spoken here, out of all that the list offers. Where there is none, or `cniVersions` is absent, it is
 * what `cniVersion` says: the error about it comes when the network is used, so that it does not stand in another's way.
 * @throws CniError 6 for what is no version
 */
export function chooseVersion(cniVersion: string, cniVersions: readonly string[] | undefined): string {
  if (cniVersions === undefined) return cniVersion;
  for (const [at, version] of cniVersions.entries()) refuseMalformed(version, `cniVersions[${at}]`);
  refuseMalformed(cniVersion, "cniVersion");
  const offered = [...cniVersions, cniVersion].filter(isVersion);
  return (
    versions.findLast((version) => offered.includes(version)) ?? (cniVersion || (cniVersions.at(-1) ?? ""))
  );
}
