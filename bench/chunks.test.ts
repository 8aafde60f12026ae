import { expect, test } from "@jest/globals";
import { allChunks, loadedBy, parseMetafile } from "./chunks.ts";

const metafile = parseMetafile(
  JSON.stringify({
    outputs: {
      "./main.js": {
        bytes: 1000,
        inputs: { "plugin/main.ts": { bytesInOutput: 400 }, "a.ts": { bytesInOutput: 0 } },
      },
      "./chunk-1.js": { bytes: 2000, inputs: { "cni/result.ts": { bytesInOutput: 900 } } },
      "./chunk-2.js": { bytes: 4000, inputs: { "node_modules/winston/x.js": { bytesInOutput: 900 } } },
    },
  }),
);

test("loadedBy() knows chunks by their file names and modules by their bytes", () => {
  const opened = ["/etc/ld.so.cache", "/somewhere/main.js", "/somewhere/chunk-1.js"];
  expect(loadedBy(opened, metafile)).toEqual({
    chunks: 2,
    bytes: 3000,
    modules: ["cni/result.ts", "plugin/main.ts"],
  });
  expect(allChunks(metafile)).toBe(3);
});
