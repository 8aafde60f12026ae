import { describe, expect, test } from "@jest/globals";
import { parseAddress } from "../inet/address.ts";
import { parsePrefix } from "../inet/prefix.ts";
import { decodeJson } from "./configuration.ts";
import type { JsonObject } from "./json-object.ts";
import { answer, type Surroundings } from "./dispatch.ts";
import { commands, type Command, type Environment } from "./environment.ts";
import { CniError } from "./error.ts";
import { silentLog } from "./log.ts";
import { commandSince, type Plugin, type Request } from "./request.ts";
import type { Result } from "./result.ts";
import { isAtLeast, newestVersion, versions, type Version } from "./version.ts";

const result: Result = {
  interfaces: [],
  ips: [{ address: parsePrefix("10.1.0.4/16"), gateway: parseAddress("10.1.0.1") }],
  routes: [],
  dns: {},
};

/** Notes its requests; with `failure` it throws that instead. */
function fakePlugin(requests: Request[], failure?: Error): Plugin {
  const noted = async <T>(request: Request, value: T): Promise<T> => {
    requests.push(request);
    if (failure !== undefined) throw failure;
    return value;
  };
  return {
    add: (request) => noted(request, result),
    check: (request) => noted(request, undefined),
    del: (request) => noted(request, undefined),
    gc: (request) => noted(request, undefined),
    status: (request) => noted(request, undefined),
  };
}

interface Asked {
  readonly command?: Command | "";
  readonly environment?: Environment;
  readonly json?: JsonObject;
  readonly text?: string;
  readonly failure?: Error | undefined;
}

const environment = {
  CNI_CONTAINERID: "c1",
  CNI_NETNS: "/run/netns/c1",
  CNI_IFNAME: "eth0",
  CNI_PATH: "/opt",
};

async function ask({ command = "ADD", environment: more = {}, json = {}, text, failure }: Asked) {
  const requests: Request[] = [];
  const failures: unknown[] = [];
  const reads: string[] = [];
  const input = text ?? JSON.stringify({ cniVersion: "1.1.0", name: "net", ...json });
  const surroundings: Surroundings = {
    environment: { CNI_COMMAND: command, ...environment, ...more },
    readInput: () => {
      reads.push(input);
      return input;
    },
    plugin: fakePlugin(requests, failure),
    openLog: async () => silentLog,
    toCniError: (error) =>
      error instanceof CniError ? error : new CniError(999, error instanceof Error ? error.message : "?"),
    onFailure: (error) => void failures.push(error),
  };
  const reply = await answer(surroundings);
  return { ...reply, requests, failures, reads };
}

/** The one error document of a failed request. */
async function faultOf(asked: Asked): Promise<JsonObject> {
  const { exitCode, output, failures } = await ask(asked);
  expect(exitCode).toBe(1);
  expect(failures).toHaveLength(1);
  return decodeJson(output);
}

describe("answer()", () => {
  test.each(commands)("hands %s to the plugin", async (command) => {
    const { exitCode, requests, failures } = await ask({ command });
    expect(exitCode).toBe(0);
    expect(failures).toEqual([]);
    expect(requests).toMatchObject([
      {
        command,
        containerId: "c1",
        netns: "/run/netns/c1",
        ifname: "eth0",
        path: ["/opt"],
        configuration: { name: "net", version: "1.1.0", text: '{"cniVersion":"1.1.0","name":"net"}' },
        environment: { CNI_COMMAND: command },
      },
    ]);
  });

  test.each(["CHECK", "DEL", "GC", "STATUS"] as const)("prints nothing for %s", async (command) => {
    expect((await ask({ command })).output).toBe("");
  });

  test.each(versions)("prints one result in %s for ADD", async (version) => {
    const { output } = await ask({ json: { cniVersion: version } });
    expect(decodeJson(output)).toMatchObject({ cniVersion: version });
  });

  test.each(["ADD", "CHECK", "DEL", "STATUS"] as const)(
    "%s asks for no valid attachments",
    async (command) => {
      const { exitCode } = await ask({ command, json: { "cni.dev/valid-attachments": "all" } });
      expect(exitCode).toBe(0);
    },
  );

  const pairs = commands.flatMap((command) => versions.map((version) => ({ command, version })));
  const isServed = ({ command, version }: { command: Command; version: Version }) =>
    isAtLeast(version, commandSince[command]);

  test.each(pairs.filter(isServed))("serves $command in $version", async ({ command, version }) => {
    const { exitCode, requests } = await ask({ command, json: { cniVersion: version } });
    expect([exitCode, requests.length]).toEqual([0, 1]);
  });

  test.each(pairs.filter((pair) => !isServed(pair)))(
    "refuses $command in $version",
    async ({ command, version }) => {
      const { exitCode, output, requests } = await ask({ command, json: { cniVersion: version } });
      expect([exitCode, requests]).toEqual([1, []]);
      const msg = `config version does not allow ${command}`;
      expect(decodeJson(output)).toMatchObject({ cniVersion: version, code: 1, msg });
    },
  );
});

describe("answer() reports", () => {
  const broken = { text: "{" };
  const noName = { json: { name: "", cniVersion: "9.9.9" } };

  test.each<[string, Asked, object]>([
    [
      "an unknown command before missing variables",
      { command: "", environment: { CNI_IFNAME: "" } },
      { code: 4, msg: "unknown CNI_COMMAND: " },
    ],
    [
      "missing variables before broken JSON",
      { environment: { CNI_IFNAME: "", CNI_NETNS: "" }, ...broken },
      { code: 4, msg: "required env variables [CNI_NETNS,CNI_IFNAME] missing" },
    ],
    ["broken JSON", broken, { code: 6 }],
    ["an empty input", { text: "" }, { code: 6 }],
    ["a missing name before an unknown version", noName, { code: 7, msg: "missing network name" }],
    ["an unknown version", { json: { cniVersion: "9.9.9" } }, { code: 1, msg: "incompatible CNI versions" }],
    ["a version that is no text", { json: { cniVersion: 1 } }, { code: 6 }],
    [
      "a version too low before the plugin",
      { command: "GC", json: { cniVersion: "1.0.0" }, failure: new Error("never") },
      { code: 1, cniVersion: "1.0.0" },
    ],
    [
      "a list of valid attachments that is none, before the plugin",
      { command: "GC", json: { "cni.dev/valid-attachments": "all" }, failure: new Error("never") },
      { code: 7, msg: expect.stringContaining('"cni.dev/valid-attachments" is "all": must be an array') },
    ],
    [
      "what the plugin throws",
      { failure: new CniError(101, "full", { details: "add a range" }) },
      { code: 101, msg: "full", details: "add a range" },
    ],
    ["anything else the plugin throws", { failure: new Error("bug") }, { code: 999, msg: "bug" }],
  ])("%s", async (_what, asked, expected) => {
    expect(await faultOf(asked)).toMatchObject(expected);
  });

  test.each<[Version]>(versions.map((version) => [version]))("errors labelled %s", async (version) => {
    const failure = new CniError(5, "x");
    expect(await faultOf({ json: { cniVersion: version }, failure })).toMatchObject({ cniVersion: version });
  });

  test.each<[string, Asked, string]>([
    ["without a configuration", { text: "" }, newestVersion],
    ["with missing variables", { environment: { CNI_IFNAME: "" } }, newestVersion],
    ["with an unknown version", { json: { cniVersion: "9.9.9" } }, newestVersion],
    ["with no version", { text: '{"name":""}' }, "0.1.0"],
  ])("errors %s labelled with a version that can be read", async (_what, asked, version) => {
    expect(await faultOf(asked)).toMatchObject({ cniVersion: version });
  });

  test("does not read the input before the variables are known to be good", async () => {
    const { reads, requests } = await ask({ environment: { CNI_IFNAME: "a/b" } });
    expect([reads, requests]).toEqual([[], []]);
  });

  test("a failure of reading the input", async () => {
    const surroundings: Surroundings = {
      environment: { CNI_COMMAND: "ADD", ...environment },
      readInput: () => {
        throw new Error("too long");
      },
      plugin: fakePlugin([]),
      openLog: async () => silentLog,
      toCniError: (error) => new CniError(6, (error as Error).message),
      onFailure: () => undefined,
    };
    const { exitCode, output } = await answer(surroundings);
    expect([exitCode, decodeJson(output)["msg"]]).toEqual([1, "too long"]);
  });
});
