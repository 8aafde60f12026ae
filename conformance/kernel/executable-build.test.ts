/** The build: reproducible, whole or not at all, and sealed only when the runtime is the one that the seal was made for. */
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { execa } from "execa";
import { describeWith, repository } from "../node/index.ts";
import { foldersPerTest } from "./executable.ts";

const newFolder = foldersPerTest();
jest.setTimeout(120_000);

const bun = join(
  repository,
  `node_modules/@oven/bun-linux-${process.arch === "arm64" ? "aarch64" : "x64"}/bin/bun`,
);
const names = ["bridge", "host-local", "loopback", "macvlan", "ptp", "tap", "trestle", "vlan"];

async function make(...args: readonly string[]): Promise<{ exitCode: number; stderr: string }> {
  const { exitCode, stderr } = await execa("make", ["--silent", ...args], { cwd: repository, reject: false });
  return { exitCode: exitCode ?? 137, stderr };
}

async function seal(file: string): Promise<{ exitCode: number; stderr: string }> {
  const { exitCode, stderr } = await execa(bun, ["plugin/seal.ts", file], { cwd: repository, reject: false });
  return { exitCode: exitCode ?? 137, stderr };
}

function digest(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** A program in place of Bun: makes a file when it shall build, and fails when it shall seal. */
const failsToSeal = '#!/bin/sh\n[ "$1" = build ] || exit 1\nfor last; do :; done\necho new > "$last"\n';

describeWith({ commands: ["make"], files: [bun] }, "build of the executable", () => {
  test("two builds in different folders are the same, byte for byte, and leave nothing else", async () => {
    const [one, two] = [newFolder(), join(newFolder(), "deeper", "folder")];
    for (const folder of [one, two])
      expect(await make("build", `BIN=${folder}`)).toMatchObject({ exitCode: 0 });
    expect(digest(join(two, "trestle"))).toBe(digest(join(one, "trestle")));
    expect(readdirSync(one).toSorted()).toEqual(names);
    expect(new Set(names.map((name) => statSync(join(one, name)).ino)).size).toBe(1);
    expect(statSync(join(one, "trestle")).mode & 0o777).toBe(0o755);
  });

  test("a build that fails, or cannot be sealed, leaves the former one as it was", async () => {
    const folder = newFolder();
    const fake = join(newFolder(), "bun");
    writeFileSync(fake, failsToSeal);
    chmodSync(fake, 0o755);
    for (const name of names) writeFileSync(join(folder, name), "old");
    for (const program of ["/bin/false", fake]) {
      // -W: as if that source had just changed.
      const ended = await make("build", "-W", "plugin/main.ts", `BIN=${folder}`, `BUN=${program}`);
      expect(ended.exitCode).not.toBe(0);
      for (const name of names) expect(readFileSync(join(folder, name), "utf8")).toBe("old");
    }
  });

  test("a new build takes the names of the old one away that it does not have any more", async () => {
    const folder = newFolder();
    expect(await make("build", `BIN=${folder}`, "PLUGINS=bridge former")).toMatchObject({ exitCode: 0 });
    expect(readdirSync(folder).toSorted()).toEqual(["bridge", "former", "trestle"]);
    writeFileSync(join(folder, "somebody-elses"), "");
    expect(await make("build", "-W", "plugin/main.ts", `BIN=${folder}`)).toMatchObject({ exitCode: 0 });
    expect(readdirSync(folder).toSorted()).toEqual([...names, "somebody-elses"].toSorted());
  });
});

describeWith({ files: [bun], commands: ["cmp"] }, "seal of the executable", () => {
  test("changes single bytes in place, and only once", async () => {
    const file = join(newFolder(), "bun");
    copyFileSync(bun, file);
    expect(await seal(file)).toEqual({ exitCode: 0, stderr: "" });
    expect(statSync(file).size).toBe(statSync(bun).size);
    const { stdout } = await execa("cmp", ["-l", bun, file], { reject: false });
    const changed = stdout.split("\n").length;
    expect(changed).toBeGreaterThan(100);
    expect(changed).toBeLessThan(130);
    const sealed = digest(file);
    const again = await seal(file);
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("0 places match") });
    expect(digest(file)).toBe(sealed);
  });

  test("refuses a runtime with one name more or less, and leaves it as it was", async () => {
    const file = join(newFolder(), "bun");
    const bytes = readFileSync(bun);
    bytes.write("X", bytes.indexOf("\0BUN_OPTIONS\0") + 1);
    writeFileSync(file, bytes);
    expect(await seal(file)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("were expected") });
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test.each(["", "#!/bin/sh\n", `\x7fELF${"\0".repeat(200)}`])(
    "refuses what is no executable: %j",
    async (content) => {
      const file = join(newFolder(), "file");
      writeFileSync(file, content, "latin1");
      expect(await seal(file)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("CannotSeal") });
      expect(readFileSync(file, "latin1")).toBe(content);
    },
  );
});
