/** `make install`: whole files only, at every moment, and nobody's configuration overwritten. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  linkSync,
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

const names = ["bridge", "host-local", "loopback", "macvlan", "ptp", "tap", "trestle", "vlan"];
const configuration = join(repository, "config.json");

interface Installed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Installs what is under test, as it is: -o keeps make from building it again. */
async function install(
  destination: string,
  { from = pluginFolder, more = [] }: { from?: string; more?: readonly string[] } = {},
): Promise<Installed> {
  const fixed = ["--silent", "install", `BIN=${from}`, "-o", join(from, "trestle"), `DESTDIR=${destination}`];
  const { exitCode, stdout, stderr } = await execa("make", [...fixed, ...more], {
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

const old = "#!/bin/sh\necho old\n";

/** In place of the executable where its size would only take time. */
const replacement = `#!/bin/sh\n${"echo new\n".repeat(10_000)}`;

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
  { from, call, signal }: { from: string; call: number; signal: "KILL" | "TERM" },
): Promise<Installed> {
  return install(destination, { from, more: [`PATH=${interruptAt(call, signal)}:${process.env["PATH"]}`] });
}

/** What an interrupted installation must not leave, by name. */
function faults(destination: string, signal: "KILL" | "TERM"): string[] {
  const read = (name: string): string => readFileSync(join(binaries(destination), name), "utf8");
  const broken = names.filter((name) => read(name) !== old && read(name) !== replacement);
  // The configuration announces that all is there.
  const early = existsSync(list(destination)) ? names.filter((name) => read(name) !== replacement) : [];
  const foreign = contents(destination).filter((name) => ![...names, "10-trestle.conflist"].includes(name));
  // What cannot be cleaned up after SIGKILL has at least a name that no runtime takes for a plugin or a configuration.
  const visible =
    signal === "TERM" ? foreign : foreign.filter((name) => !/^\.trestle-install\.\d+$/.test(name));
  return [...broken, ...early, ...visible];
}

describeWith({ commands: ["make"], plugins: names }, "make install", () => {
  test("installs one file under all names, and the configuration", async () => {
    const destination = newFolder();
    expect(await install(destination)).toMatchObject({ exitCode: 0, stderr: "" });
    const files = names.map((name) => join(binaries(destination), name));
    expect(new Set(files.map((file) => statSync(file).ino)).size).toBe(1);
    expect(files.map((file) => statSync(file).mode & 0o7777)).toEqual(names.map(() => 0o755));
    const compared = await execa("cmp", [files[0] ?? "", executable("trestle")], { reject: false });
    expect(compared).toMatchObject({ exitCode: 0, stdout: "" });
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
    expect(await install(destination, { more: where })).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(destination, "usr/libexec/cni")).toSorted()).toEqual(names);
    expect(readdirSync(join(destination, "etc/cni/other"))).toEqual(["10-trestle.conflist"]);
    expect(contents(destination)).toEqual([]);
  });

  test("again, over an installation of any kind: other files stay, old ones are replaced, not written to", async () => {
    const destination = newFolder();
    installOld(destination);
    writeFileSync(join(binaries(destination), "firewall"), "somebody else's");
    const kept = join(newFolder(), "kept");
    linkSync(join(binaries(destination), "bridge"), kept);
    for (let round = 0; round < 2; round += 1) {
      expect(await install(destination)).toMatchObject({ exitCode: 0, stderr: "" });
      expect(contents(destination)).toEqual(["10-trestle.conflist", "firewall", ...names].toSorted());
      expect(new Set(names.map((name) => statSync(join(binaries(destination), name)).ino)).size).toBe(1);
    }
    expect(readFileSync(kept, "utf8")).toBe(old);
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
      const from = newFolder();
      writeFileSync(join(from, "trestle"), replacement);
      let call = 1;
      for (; call < 40; call += 1) {
        const destination = newFolder();
        installOld(destination);
        const ended = await installInterrupted(destination, { from, call, signal });
        if (ended.exitCode === 0) break;
        expect({ call, faults: faults(destination, signal) }).toEqual({ call, faults: [] });
        expect(await install(destination, { from })).toMatchObject({ exitCode: 0 });
        expect(contents(destination)).toEqual(["10-trestle.conflist", ...names].toSorted());
        expect(faults(destination, signal)).toEqual([]);
      }
      // One for the folders, four for the executable, two for each other name, four for the configuration; then none is left to interrupt.
      expect(call).toBe(1 + 4 + 2 * (names.length - 1) + 4 + 1);
    },
  );
});
