/** The operating system for the runtime side: configuration files, the cache of results, plugins. */
import { CniError, errorCodes } from "../../cni/error.ts";
import type { CacheFolder, ConfigurationFiles, Outside, Programs } from "../../cni/runtime/outside.ts";
import { errno, failedWith, SyscallError } from "../../sys/errno.ts";
import { Folder, makeFolders, readText } from "../../sys/folder.ts";
import { fileKinds, status } from "../../sys/libc.ts";
import { NetworkNamespace, NotANamespace } from "../../sys/namespace.ts";
import { findProgram } from "../../sys/program-file.ts";
import { writeText } from "../../sys/streams.ts";

/** Where the Go library keeps results. */
export const cacheFolder = "/var/lib/cni/results";
const folderMode = 0o700;
const fileMode = 0o600;
/** Far more than any configuration or result has. */
const limitBytes = 16 * 1024 * 1024;

/** Undefined where there is no such folder. @throws SyscallError */
export function namesIn(path: string): string[] | undefined {
  try {
    using folder = Folder.open(path);
    return folder.names();
  } catch (error) {
    if (failedWith(error, errno.ENOENT)) return undefined;
    throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return (status(path).mode & fileKinds.mask) === fileKinds.directory;
  } catch (error) {
    // A link that leads nowhere or in a circle: reading it tells so, if its name is one of a configuration at all.
    if (error instanceof SyscallError) return false;
    throw error;
  }
}

function readConfiguration(path: string): string {
  const text = readText(path, limitBytes + 1);
  if (Buffer.byteLength(text) <= limitBytes) return text;
  throw new CniError(
    errorCodes.decodeFailure,
    `cannot decode ${path}: it is longer than ${limitBytes} bytes`,
  );
}

export const configurationFiles: ConfigurationFiles = {
  fileNames: (folder) => namesIn(folder)?.filter((name) => !isFolder(`${folder}/${name}`)),
  readText: readConfiguration,
};

export const cache: CacheFolder = {
  names: () => namesIn(cacheFolder) ?? [],
  read: (name) => {
    try {
      return readText(`${cacheFolder}/${name}`, limitBytes);
    } catch (error) {
      if (error instanceof SyscallError) return undefined;
      throw error;
    }
  },
  replace: (name, text) => {
    makeFolders(cacheFolder, folderMode);
    using folder = Folder.open(cacheFolder);
    folder.replace(name, text, fileMode);
  },
  remove: (name) => {
    using folder = Folder.open(cacheFolder);
    folder.remove(name);
  },
};

const programs: Programs = {
  find: (name, folders) => findProgram(name, folders)?.path,
  run: async (run) => (await import("../../sys/program.ts")).runProgram(run),
};

function hasInterface(netns: string, ifname: string): boolean {
  try {
    using namespace = NetworkNamespace.open(netns);
    const devices = namespace.run(() => readText("/proc/thread-self/net/dev", limitBytes));
    return devices.split("\n").some((line) => line.trimStart().startsWith(`${ifname}:`));
  } catch (error) {
    // What is wrong with the namespace, the ADD will say.
    if (error instanceof SyscallError || error instanceof NotANamespace) return false;
    throw error;
  }
}

/** @param path folders of plugins */
export function openOutside(path: readonly string[]): Outside {
  const tell = (text: string) => writeText(2, text);
  return { cache, programs, path, environment: process.env, hasInterface, tell };
}
