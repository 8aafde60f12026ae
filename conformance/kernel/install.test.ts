/** `make install`: whole files only, at every moment, and nobody's configuration overwritten. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { execa } from "execa";
import { describeWith, pluginFolder, repository } from "../node/index.ts";
import { addVariables, executable, foldersPerTest, network, start } from "./executable.ts";

const newFolder = foldersPerTest();
jest.setTimeout(120_000);

const names = ["bridge", "host-local", "loopback", "trestle"];
const configuration = join(repository, "config.json");

interface Installed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Installs what is under test, as it is: -o keeps make from building it again. */
async function install(destination: string, ...more: readonly string[]): Promise<Installed> {
  const fixed = ["--silent", "install", `BIN=${pluginFolder}`, "-o", join(pluginFolder, "trestle")];
  const { exitCode, stdout, stderr } = await execa("make", [...fixed, `DESTDIR=${destination}`, ...more], {
    cwd: repository,
    reject: false,
  });
  return { exitCode: exitCode ?? 137, stdout, stderr };
}

function binaries(destination: string): string {
  return join(destination, "opt/cni/bin");
}

function list(destination: string): string {
  return join(destination, "etc/cni/net.d/10-trestle.conflist");
}

/** Everything in the installation's folders, by name. */
function contents(destination: string): string[] {
  const folders = [binaries(destination), join(destination, "etc/cni/net.d")];
  return folders.flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : [])).toSorted();
}

function isNew(file: string): boolean {
  return readFileSync(file).equals(readFileSync(executable("trestle")));
}

const old = "#!/bin/sh\necho old\n";

/** An installation of before: each name a file of its own. */
function installOld(destination: string): void {
  mkdirSync(binaries(destination), { recursive: true });
  for (const name of names) {
    writeFileSync(join(binaries(destination), name), old);
    chmodSync(join(binaries(destination), name), 0o755);
  }
}

/** Names of programs that change files, replaced by one that counts its calls and ends the installer at one of them. */
function interruptAt(call: number, signal: "KILL" | "TERM"): string {
  const folder = newFolder();
  const count = join(folder, "count");
  writeFileSync(count, "");
  for (const name of ["mkdir", "cp", "chmod", "sync", "ln", "mv"]) {
    const script = `#!/bin/sh
echo x >> ${count}
if [ "$(wc -l < ${count})" -eq ${call} ]; then kill -${signal} $PPID; exit 1; fi
PATH=\${PATH#*:}
exec ${name} "$@"
`;
    writeFileSync(join(folder, name), script);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

async function installInterrupted(
  destination: string,
  call: number,
  signal: "KILL" | "TERM",
): Promise<Installed> {
  const path = `${interruptAt(call, signal)}:${process.env["PATH"]}`;
  return install(destination, `PATH=${path}`);
}

describeWith({ commands: ["make"], plugins: names }, "make install", () => {
  test("installs one file under all names, and the configuration", async () => {
    const destination = newFolder();
    expect(await install(destination)).toMatchObject({ exitCode: 0, stderr: "" });
    const files = names.map((name) => join(binaries(destination), name));
    expect(new Set(files.map((file) => statSync(file).ino)).size).toBe(1);
    expect(files.map((file) => statSync(file).mode & 0o7777)).toEqual(names.map(() => 0o755));
    expect(isNew(join(binaries(destination), "trestle"))).toBe(true);
    expect(readFileSync(list(destination))).toEqual(readFileSync(configuration));
    expect(statSync(list(destination)).mode & 0o7777).toBe(0o644);
    expect(contents(destination)).toEqual(["10-trestle.conflist", ...names].toSorted());
    expect(await start({ file: join(binaries(destination), "bridge") })).toEqual(
      await start({ file: "bridge" }),
    );
  });

  test("BINDIR and CONFDIR say where", async () => {
    const destination = newFolder();
    const where = ["BINDIR=/usr/libexec/cni", "CONFDIR=/etc/cni/other"];
    expect(await install(destination, ...where)).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(destination, "usr/libexec/cni")).toSorted()).toEqual(names);
    expect(readdirSync(join(destination, "etc/cni/other"))).toEqual(["10-trestle.conflist"]);
    expect(contents(destination)).toEqual([]);
  });

  test("again, over an installation of any kind: other files stay, old ones are replaced, not written to", async () => {
    const destination = newFolder();
    installOld(destination);
    writeFileSync(join(binaries(destination), "firewall"), "somebody else's");
    const before = statSync(join(binaries(destination), "bridge")).ino;
    for (let round = 0; round < 2; round += 1) {
      expect(await install(destination)).toMatchObject({ exitCode: 0, stderr: "" });
      expect(contents(destination)).toEqual(["10-trestle.conflist", "firewall", ...names].toSorted());
      expect(new Set(names.map((name) => statSync(join(binaries(destination), name)).ino)).size).toBe(1);
    }
    expect(statSync(join(binaries(destination), "bridge")).ino).not.toBe(before);
    expect(readFileSync(join(binaries(destination), "firewall"), "utf8")).toBe("somebody else's");
  });

  test("while the old one runs: that goes on to its end, and the next start is the new one", async () => {
    const destination = newFolder();
    await install(destination);
    const file = join(binaries(destination), "bridge");
    const running = spawn(file, [], { env: addVariables, cwd: "/", timeout: 60_000, killSignal: "SIGKILL" });
    const output: string[] = [];
    running.stdout.setEncoding("utf8").on("data", (text: string) => output.push(text));
    const ended = once(running, "close");
    running.stdin.write(" ");
    expect(await install(destination)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(running.exitCode).toBeNull();
    running.stdin.end(JSON.stringify(network));
    await ended;
    expect(JSON.parse(output.join(""))).toMatchObject({
      code: 4,
      msg: expect.stringContaining("/nowhere/net"),
    });
    expect(await start({ file })).toEqual(await start({ file: "bridge" }));
  });

  test("a configuration that differs is kept, and that is said", async () => {
    const destination = newFolder();
    await install(destination);
    writeFileSync(list(destination), '{"mine":true}');
    const again = await install(destination);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain(`kept ${list(destination)}`);
    expect(readFileSync(list(destination), "utf8")).toBe('{"mine":true}');
    expect(contents(destination)).toEqual(["10-trestle.conflist", ...names].toSorted());
  });

  test("a configuration that is a link to nowhere yet is kept", async () => {
    const destination = newFolder();
    mkdirSync(join(destination, "etc/cni/net.d"), { recursive: true });
    symlinkSync("/nowhere/list", list(destination));
    const ended = await install(destination);
    expect(ended).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("kept") });
    expect(lstatSync(list(destination)).isSymbolicLink()).toBe(true);
  });

  test("a folder that cannot be made is an error that names it", async () => {
    const destination = newFolder();
    writeFileSync(join(destination, "opt"), "a file");
    const ended = await install(destination);
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stderr).toContain(join(destination, "opt"));
  });

  test.each(["KILL", "TERM"] as const)(
    "interrupted by %s at every step, every name is whole",
    async (signal) => {
      let step = 1;
      for (; step < 40; step += 1) {
        const destination = newFolder();
        installOld(destination);
        const ended = await installInterrupted(destination, step, signal);
        if (ended.exitCode === 0) break;
        for (const name of names) {
          const file = join(binaries(destination), name);
          expect({ step, name, whole: readFileSync(file, "latin1") === old || isNew(file) }).toEqual({
            step,
            name,
            whole: true,
          });
        }
        // The configuration announces that all is there.
        if (existsSync(list(destination))) {
          expect(readFileSync(list(destination))).toEqual(readFileSync(configuration));
          expect(names.every((name) => isNew(join(binaries(destination), name)))).toBe(true);
        }
        const foreign = contents(destination).filter(
          (name) => ![...names, "10-trestle.conflist"].includes(name),
        );
        if (signal === "TERM") expect(foreign).toEqual([]);
        // Nothing that a runtime would take for a configuration.
        expect(foreign.filter((name) => !name.startsWith(".trestle-install."))).toEqual([]);
        expect(await install(destination)).toMatchObject({ exitCode: 0 });
        expect(contents(destination)).toEqual(["10-trestle.conflist", ...names].toSorted());
      }
      // mkdir, four steps of the executable, two for each name, four of the configuration.
      expect(step).toBe(16);
    },
  );
});
