/** The outside in memory, for tests: configuration files, the cache, and plugins that answer what they are told to. */
import { isJsonObject, type JsonObject } from "../json-object.ts";
import type { CacheFolder, ConfigurationFiles, Outside, PluginEnd, PluginRun, Programs } from "./outside.ts";

/** Files by their paths. */
export function memoryFiles(contents: Readonly<Record<string, string>>): ConfigurationFiles {
  return {
    fileNames: (folder) => {
      const paths = Object.keys(contents).filter((path) => path.startsWith(`${folder}/`));
      const names = paths.map((path) => path.slice(folder.length + 1)).filter((name) => !name.includes("/"));
      return paths.length === 0 ? undefined : names.toReversed();
    },
    readText: (path) => contents[path] ?? "",
  };
}

export class MemoryCache implements CacheFolder {
  readonly files = new Map<string, string>();
  /** Every change fails, as on a full disk. */
  isFull = false;

  names(): string[] {
    return [...this.files.keys()];
  }

  read(name: string): string | undefined {
    return this.files.get(name);
  }

  replace(name: string, text: string): void {
    if (this.isFull) throw new Error(`write "${name}": no space left on device`);
    this.files.set(name, text);
  }

  remove(name: string): void {
    this.files.delete(name);
  }
}

/** One call as the plugin saw it. */
export interface Seen {
  readonly type: string;
  readonly command: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: JsonObject;
}

/** What a plugin does; nothing said is success without a word, or a result with one interface of its name. */
export type Answer = (seen: Seen) => Partial<PluginEnd> | undefined;

export class MemoryPrograms implements Programs {
  readonly calls: Seen[] = [];
  readonly #installed: readonly string[];
  readonly #answer: Answer;

  constructor(installed: readonly string[], answer: Answer) {
    this.#installed = installed;
    this.#answer = answer;
  }

  find(name: string, folders: readonly string[]): string | undefined {
    return this.#installed.includes(name) ? `${folders[0]}/${name}` : undefined;
  }

  async run({ path, input, environment }: PluginRun): Promise<PluginEnd> {
    const json: unknown = JSON.parse(input);
    const command = environment["CNI_COMMAND"] ?? "";
    const type = path.slice(path.lastIndexOf("/") + 1);
    const seen = { type, command, environment, input: isJsonObject(json) ? json : {} };
    this.calls.push(seen);
    const stdout = command === "ADD" ? JSON.stringify(extended(seen)) : "";
    return { exitCode: 0, stdout, stderr: "", failure: undefined, ...this.#answer(seen) };
  }

  /** "ADD bridge", "ADD tuning", ... */
  get story(): string[] {
    return this.calls.map(({ command, type }) => `${command} ${type}`);
  }
}

/** The previous result with one more interface. */
function extended({ type, input }: Seen): JsonObject {
  const previous = isJsonObject(input["prevResult"]) ? input["prevResult"] : {};
  const before: unknown[] = Array.isArray(previous["interfaces"]) ? previous["interfaces"] : [];
  return { ...previous, cniVersion: input["cniVersion"], interfaces: [...before, { name: type }] };
}

export interface MemoryOutside extends Outside {
  /** Interfaces that containers have: "/run/netns/c1 eth0". */
  readonly interfaces: Set<string>;
  readonly cache: MemoryCache;
  readonly programs: MemoryPrograms;
  /** What was told. */
  readonly told: string[];
}

export function memoryOutside(
  installed: readonly string[] = ["bridge", "tuning", "portmap"],
  answer: Answer = () => undefined,
): MemoryOutside {
  const told: string[] = [];
  const interfaces = new Set<string>();
  return {
    interfaces,
    hasInterface: (netns, ifname) => interfaces.has(`${netns} ${ifname}`),
    cache: new MemoryCache(),
    programs: new MemoryPrograms(installed, answer),
    path: ["/opt/cni/bin"],
    environment: { PATH: "/usr/bin", CNI_IFNAME: "the runtime's own" },
    told,
    tell: (text) => void told.push(text),
  };
}
