/** Jest runs modules without the bundler, so it lends them the loader that the bundler would give. */
import { createRequire } from "node:module";

globalThis.require = createRequire(import.meta.url);
