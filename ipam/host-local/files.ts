/** What host-local needs of a file system. Failures are errors with the `errno` of the system call. */
export interface LeaseFiles {
  /** Opens the folder at `path`, symbolic links in the path followed. */
  openFolder(path: string): LeaseFolder;
  /** Makes `path` and the folders above it. */
  makeFolders(path: string, mode: number): void;
  readText(path: string): string;
}

/** An open folder. No symbolic link inside it is ever followed: it fails with ELOOP. */
export interface LeaseFolder extends Disposable {
  readonly path: string;
  /** Opens the folder `name` inside this one. */
  folder(name: string): LeaseFolder;
  /** Makes the folder `name` where it is missing. */
  makeFolder(name: string, mode: number): void;
  names(): string[];
  /** Undefined where there is no such file. */
  read(name: string): string | undefined;
  /** Makes a file, whole or not at all; false where the name is taken. */
  createWhole(name: string, text: string, mode: number): boolean;
  /** Makes or replaces a file in one step. */
  replace(name: string, text: string, mode: number): void;
  /** Fails as making a file would, and makes none. */
  demandWritable(): void;
  /** False where there was no such file. */
  remove(name: string): boolean;
  /** The exclusive flock(2) on the file `name`; undefined when another kept it for `timeoutMs`. */
  lock(name: string, mode: number, timeoutMs: number): Disposable | undefined;
}
