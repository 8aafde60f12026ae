/** The package as plugin authors get it: what their compiler accepts, and what works without Bun. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { repository } from "../node/plugin-folder.ts";
import { AuthorProject } from "./author-project.ts";

jest.setTimeout(60_000);

let project: AuthorProject;
beforeAll(async () => {
  project = await AuthorProject.make();
});
afterAll(() => project[Symbol.dispose]());

/** Files below a folder of the project, by their path in it. */
function filesBelow(folder: string): readonly string[] {
  const entries = readdirSync(project.path(folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(project.path(folder), join(entry.parentPath, entry.name)));
}

test("every link of its documents leads to something in it", () => {
  const files = filesBelow("node_modules/trestle");
  const links = files
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) => {
      const text = project.read(join("node_modules/trestle", file));
      const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = ""]) => target);
      return targets.map((target) => [file, join(dirname(file), target)] as const);
    });
  expect(links.map(([file]) => file)).toEqual(expect.arrayContaining(["README.md", "docs/sdk.md"]));
  const isThere = (path: string) => files.some((file) => file === path || file.startsWith(path));
  // The matrix of findings is generated; a checkout may be without it.
  const broken = links.filter(([, path]) => !path.startsWith("docs/conformance/") && !isThere(path));
  expect(broken).toEqual([]);
});

test("says which runtimes it needs", () => {
  const { engines, devDependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  expect(engines).toEqual({ node: ">=20", bun: `>=${devDependencies.bun}` });
});

const compilers = [
  { moduleResolution: "nodenext", module: "nodenext" },
  { moduleResolution: "bundler", module: "esnext" },
];

async function compile(options: object, files: readonly string[]) {
  const compilerOptions = { ...options, strict: true, target: "es2023", noEmit: true, types: ["node"] };
  project.write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
  return project.run(join(repository, "node_modules/.bin/tsc"), []);
}

/** Each is a plugin with one mistake. */
const mistakes: Readonly<Record<string, string>> = {
  "a result without addresses": `
    const add: Plugin["add"] = async () => ({ interfaces: [], routes: [], dns: {} });`,
  "an address as text": `
    const add: Plugin["add"] = async () => ({ interfaces: [], ips: [{ address: "10.1.0.4/24" }], routes: [], dns: {} });`,
  "ADD without a result": `
    const add: Plugin["add"] = async () => undefined;`,
  "a plugin without DEL": `
    const nothing = async () => undefined;
    const mine: Plugin = { add: async () => result, check: nothing, gc: nothing, status: nothing };`,
  "a run without a version": `
    await runPlugin(plugin, { name: "mine" });`,
  "an error without a code": `
    throw new CniError("no address is left");`,
  "an unknown version": `
    isAtLeast("1.2.0", "1.0.0");`,
  "a misread key": `
    const { mtu } = decodeWith(object({ mtu: optional(text) }), {});
    const bytes: number = mtu;`,
};

const preface = `import { CniError, decodeWith, isAtLeast, object, optional, runPlugin, text, type Plugin, type Result } from "trestle";
declare const plugin: Plugin;
declare const result: Result;
`;

describe.each(compilers)("a strict project with $moduleResolution", (options) => {
  test("takes the example", async () => {
    project.take("sdk/example/journal.ts", "journal.ts");
    expect(await compile(options, ["journal.ts"])).toEqual({ exitCode: 0, output: "" });
  });

  test("refuses mistakes, each where it is made", async () => {
    const names = Object.keys(mistakes);
    for (const [at, mistake] of Object.values(mistakes).entries()) {
      project.write(`mistake-${at}.ts`, `${preface}${mistake}\nexport {};\n`);
    }
    const { exitCode, output } = await compile(
      options,
      names.map((_, at) => `mistake-${at}.ts`),
    );
    expect(exitCode).not.toBe(0);
    const found = [...output.matchAll(/^mistake-(\d+)\.ts\((\d+),/gm)];
    expect(new Set(found.map(([, at]) => names[Number(at)]))).toEqual(new Set(names));
    // The preface is right: all errors are behind it.
    expect(found.filter(([, , line]) => Number(line) < preface.split("\n").length)).toEqual([]);
  });
});

/** A program of its own, so that it has Node and the package and nothing of jest's. */
async function onNode(body: string) {
  project.write("program.mjs", `import * as cni from "trestle";\n${body}`);
  return project.run(process.execPath, ["program.mjs"]);
}

const says = (output: string) => ({ exitCode: 0, output });

describe("on Node alone", () => {
  test("values are read and written, IPv6 too", async () => {
    const body = `console.log(cni.formatPrefix(cni.networkOf(cni.parsePrefix("2001:DB8:0::4/64"))));`;
    expect(await onNode(body)).toEqual(says("2001:db8::/64"));
  });

  test.each([
    [
      { cniVersion: "1.1.0", name: "web", type: "mine" },
      { exitCode: 0, output: "" },
    ],
    [
      { cniVersion: "1.0.0", name: "web", type: "mine" },
      { exitCode: 1, code: 1 },
    ],
    [
      { cniVersion: "1.1.0", name: "web", type: "mine", mtu: "big" },
      { exitCode: 1, code: 7 },
    ],
    [
      { cniVersion: "1.1.0", name: "web", type: "mine", mtu: 1 },
      { exitCode: 1, code: 999 },
    ],
  ])("a request is answered in process: %j", async (configuration, expected) => {
    const { exitCode, output } = await onNode(`
      const schema = cni.object({ mtu: cni.count });
      const status = async ({ configuration }) => {
        if (cni.decodeWith(schema, configuration.json).mtu === 1) configuration.missing.key;
      };
      const reply = await cni.answer({
        environment: { CNI_COMMAND: "STATUS" },
        readInput: () => ${JSON.stringify(JSON.stringify(configuration))},
        plugin: { status },
        openLog: async () => cni.silentLog,
        toCniError: cni.toCniError,
        onFailure: () => undefined,
      });
      const { code } = reply.output === "" ? {} : JSON.parse(reply.output);
      console.log(JSON.stringify(code === undefined ? reply : { exitCode: reply.exitCode, code }));`);
    expect({ exitCode, reply: JSON.parse(output) }).toEqual({ exitCode: 0, reply: expected });
  });

  test("errors keep their class, which plugins and their tests ask for", async () => {
    const body = `
      try {
        cni.readArguments("IP", ["IP"]);
      } catch (error) {
        console.log(error instanceof cni.CniError, error.name, error.code);
      }`;
    expect(await onNode(body)).toEqual(says("true CniError 4"));
  });

  test("running a plugin says that it needs Bun", async () => {
    const { exitCode, output } = await onNode(`await cni.runPlugin({}, { name: "mine", version: "1" });`);
    expect(exitCode).toBe(1);
    expect(output).toContain('the plugin "mine" needs Bun to run');
  });
});
