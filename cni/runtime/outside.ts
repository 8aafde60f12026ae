/** What the runtime side needs of the outside; `cli/net/` puts the operating system behind it, tests a memory. */

/** Reading the folder of network configurations. Failures are errors that name the path. */
export interface ConfigurationFiles {
  /** Names of everything in the folder but folders; undefined where there is no such folder. */
  fileNames(folder: string): readonly string[] | undefined;
  readText(path: string): string;
}

/** The folder of cached results. Failures are errors that name the path. */
export interface CacheFolder {
  /** None where the folder is missing. */
  names(): readonly string[];
  /** Undefined where there is no such file, or it cannot be read. */
  read(name: string): string | undefined;
  /** Makes or replaces a file, in one step for readers, and the folder where it is missing. */
  replace(name: string, text: string): void;
  /** A file that is missing is as good as removed. */
  remove(name: string): void;
}

/** One start of a plugin. */
export interface PluginRun {
  readonly path: string;
  readonly args: readonly string[];
  readonly input: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** It is ended after this long. */
  readonly timeoutMs: number;
}

/** How a plugin ended. */
export interface PluginEnd {
  /** Undefined when it did not end by itself. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not end by itself: could not be started, took too long, was interrupted. */
  readonly failure: string | undefined;
}

/** Finding and running plugins. */
export interface Programs {
  /** Path of the first regular file called `name` in `folders`. */
  find(name: string, folders: readonly string[]): string | undefined;
  run(run: PluginRun): Promise<PluginEnd>;
}

/** All of it, with what holds for every request. */
export interface Outside {
  readonly cache: CacheFolder;
  readonly programs: Programs;
  /** Folders with plugins, CNI_PATH. */
  readonly path: readonly string[];
  /** What plugins inherit; the variables of the protocol are set on top of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether the namespace at the path has an interface of that name; false where it cannot be looked into. */
  hasInterface(netns: string, ifname: string): boolean;
  /** Told what plugins say on standard error. */
  tell(text: string): void;
}
