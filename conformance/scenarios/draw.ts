import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pluginFolder } from "../node/index.ts";
import { runCommand } from "../node/command.ts";
import type { Scene } from "./scene.ts";

/** What `trestle show` draws of a scene, as SVG. */
export async function draw({ hosts, cables }: Scene): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "scene-"));
  try {
    const files = hosts.map((host, index) => {
      const file = join(folder, `${index}.json`);
      writeFileSync(file, JSON.stringify(host));
      return file;
    });
    const options = cables.flatMap((cable) => ["--cable", cable]);
    const program = join(pluginFolder, "trestle");
    return (await runCommand([program, "show", "--graph", "svg", ...options, ...files])).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
