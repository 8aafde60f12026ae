/** Executables on disk. */
import { SyscallError } from "./errno.ts";
import { fileKinds, status } from "./libc.ts";

export interface ProgramFile {
  readonly path: string;
  /** Equal for hard links and symbolic links to the same file. */
  readonly identity: string;
}

/** The first regular file called `name` in `folders`; the executable bit is not looked at. */
export function findProgram(name: string, folders: readonly string[]): ProgramFile | undefined {
  for (const folder of folders) {
    const path = `${folder}/${name}`;
    try {
      const { mode, identity } = status(path);
      if ((mode & fileKinds.mask) === fileKinds.regular) return { path, identity };
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
    }
  }
  return undefined;
}

/** Identity of the file that this process was started from. */
export function ownIdentity(): string {
  return status("/proc/self/exe").identity;
}
