import { resolve } from "node:path";

/** The root of the repository. */
export const repository = resolve(import.meta.dirname, "../..");

/** Folder of the executables under test: `TRESTLE_PLUGIN_DIR`, or what the build makes. */
export const pluginFolder = process.env["TRESTLE_PLUGIN_DIR"] ?? resolve(repository, "dist/bin");

/** Folder of the reference plugins as Debian's `containernetworking-plugins` installs them. */
export const referenceFolder = "/usr/lib/cni";
