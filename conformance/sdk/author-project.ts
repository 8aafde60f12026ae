/** The project of somebody who writes a plugin: the packed package, unpacked into node_modules, and nothing else of ours. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { repository } from "../node/plugin-folder.ts";

/** What `npm install` of the package brings along, and what the author adds for types. */
const linked = ["execa", "winston", "ipaddr.js", "@types/node"];

const architecture = process.arch === "arm64" ? "aarch64" : "x64";

/** The pinned runtime. */
export const bun = join(repository, `node_modules/@oven/bun-linux-${architecture}/bin/bun`);

/** What docs/sdk.md tells authors to compile with. */
function compileFlags(): string[] {
  const guide = readFileSync(join(repository, "docs/sdk.md"), "utf8");
  const told = /npx bun build ([^]*?) journal\.ts/.exec(guide)?.[1];
  if (told === undefined) throw new Error("docs/sdk.md does not say how to compile");
  return told.split(/[\s\\]+/).filter((flag) => flag !== "");
}

export class AuthorProject implements Disposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws Error where `make sdk` was not run */
  static async make(): Promise<AuthorProject> {
    if (!existsSync(join(repository, "dist/sdk/index.js")))
      throw new Error("dist/sdk is missing: run make sdk");
    const folder = mkdtempSync(join(tmpdir(), "trestle-author-"));
    const project = new AuthorProject(folder);
    project.write("package.json", JSON.stringify({ name: "author", private: true, type: "module" }));
    for (const name of linked) project.#link(name);
    await execa("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: repository });
    await project.run("sh", ["-c", "tar xzf trestle-*.tgz && mv package node_modules/trestle"]);
    return project;
  }

  #link(name: string): void {
    const path = this.path(`node_modules/${name}`);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(repository, "node_modules", name), path);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  /** Copies a file of the repository into the project. */
  take(file: string, name: string): void {
    cpSync(join(repository, file), this.path(name));
  }

  /** Runs a program in the project; a failure is returned. */
  async run(
    program: string,
    args: readonly string[],
  ): Promise<{ exitCode: number | undefined; output: string }> {
    const { exitCode, all } = await execa(program, args, { cwd: this.folder, reject: false, all: true });
    return { exitCode, output: all };
  }

  /** Puts a plugin into the folder `bin` as one executable. @throws Error when it cannot be compiled */
  async compile(source: string, name: string): Promise<void> {
    await execa(bun, ["build", ...compileFlags(), source, "--outfile", `bin/${name}`], {
      cwd: this.folder,
    });
  }

  /** Puts a plugin into the folder `bin` as a script that starts the runtime. */
  script(source: string, name: string): void {
    this.write(`bin/${name}`, `#!/bin/sh\nexec '${bun}' '${this.path(source)}'\n`);
    chmodSync(this.path(`bin/${name}`), 0o755);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
