import { expect, test } from "@jest/globals";
import { buildAsFiles, buildLike } from "./build-line.ts";

const words = [
  "bun",
  "build",
  "--compile",
  "--minify",
  "--bytecode",
  "--format=esm",
  "--splitting",
  "--sourcemap",
  "--compile-exec-argv=--no-addons --no-ffi-cc",
  "--define",
  'TRESTLE_VERSION="1"',
  "plugin/main.ts",
  "--outfile",
  "dist/bin/trestle",
];

test("buildLike() changes the program and nothing else", () => {
  const line = buildLike(words, { entry: "hello.ts", outfile: "/tmp/hello" });
  expect(line).toEqual([...words.slice(0, 11), "hello.ts", "--outfile", "/tmp/hello"]);
});

test("buildAsFiles() keeps what decides which module is in which chunk", () => {
  expect(buildAsFiles(words, { folder: "/tmp/out", metafile: "/tmp/meta.json" })).toEqual([
    "bun",
    "build",
    "--format=esm",
    "--splitting",
    "--define",
    'TRESTLE_VERSION="1"',
    "--target=bun",
    "plugin/main.ts",
    "--outdir",
    "/tmp/out",
    "--metafile=/tmp/meta.json",
  ]);
});
