/** Which modules are in the files that a program opened, by what the bundler says of each file. */
import { basename } from "node:path";
import * as v from "valibot";

const metafileSchema = v.object({
  outputs: v.record(
    v.string(),
    v.object({
      bytes: v.number(),
      inputs: v.record(v.string(), v.object({ bytesInOutput: v.number() })),
    }),
  ),
});

export type Metafile = v.InferOutput<typeof metafileSchema>;

export function parseMetafile(text: string): Metafile {
  return v.parse(metafileSchema, JSON.parse(text));
}

export interface Loaded {
  readonly chunks: number;
  readonly bytes: number;
  /** Of the sources, as paths from the top of the repository, in the order of their names. */
  readonly modules: readonly string[];
}

/** What the opened files hold. A file that is no chunk counts for nothing. */
export function loadedBy(opened: readonly string[], { outputs }: Metafile): Loaded {
  const names = new Set(opened.map((path) => basename(path)));
  const chunks = Object.entries(outputs).filter(
    ([path]) => names.has(basename(path)) && path.endsWith(".js"),
  );
  const modules = chunks.flatMap(([, { inputs }]) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
  return {
    chunks: chunks.length,
    bytes: chunks.reduce((sum, [, { bytes }]) => sum + bytes, 0),
    modules: [...new Set(modules)].toSorted(),
  };
}

export function allChunks({ outputs }: Metafile): number {
  return Object.keys(outputs).filter((path) => path.endsWith(".js")).length;
}
