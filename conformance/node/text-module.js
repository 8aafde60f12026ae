/** For jest: a shell script as a module of its text, which the bundler makes of `with { type: "text" }`. */
import { readFileSync } from "node:fs";

export default {
  // Read again, because jest takes the line with "#!" away.
  process: (_text, path) => ({ code: `export default ${JSON.stringify(readFileSync(path, "utf8"))};` }),
};
