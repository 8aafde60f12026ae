/**
 * Run by the build after compiling: takes from the executable the environment variables of the runtime inside it, so that
 * nobody who can set a container runtime's environment turns a plugin that runs as root into an interpreter, makes it load
 * code, write files, listen for a debugger or crash. The runtime has no switch for that. The names are changed in the file
 * itself, in place: its length, and the program that is appended to the runtime, stay as they are.
 *
 * Every change is counted. A runtime of another version, where a count differs, fails the build until somebody has looked.
 *
 * Left as they are: what the system's own libraries read (LD_PRELOAD, TZ, LANG), colours of messages on standard error
 * (NO_COLOR, FORCE_COLOR, NODE_DEBUG) and the tuning of allocators (MIMALLOC_*, Malloc*), which can end the process but
 * neither load code nor change an answer.
 *
 * Not part of the executable: it is here because it belongs to how `main.ts` becomes one.
 */
import { readFileSync, writeFileSync } from "node:fs";

type Machine = "x64" | "arm64";
type Counts = Readonly<Record<Machine, number>>;

/** e_machine, linux/elf-em.h */
const machines: Readonly<Record<number, Machine>> = { 62: "x64", 183: "arm64" };

/** Names of variables, each a whole string of the read-only data, and how many of them there are in bun 1.4.5. */
const families: readonly { readonly names: string; readonly expected: Counts }[] = [
  // BUN_BE_BUN, BUN_OPTIONS, BUN_INSPECT, BUN_BYTECODE_ORDER_OUT, ...; a few are no variables but serve nothing here.
  { names: String.raw`BUN_\w+`, expected: { x64: 97, arm64: 98 } },
  // NODE_CHANNEL_FD takes messages from a descriptor, NODE_REDIRECT_WARNINGS writes a file, ...; the rest are constants.
  { names: "NODE_(?!API_|PERFORMANCE_|MODULE_)[A-Z_]+", expected: { x64: 13, arm64: 13 } },
  { names: "JavaScriptCoreUseJIT|JSC_SIGNAL_FOR_GC|JSC_PROFILER_PATH", expected: { x64: 3, arm64: 3 } },
  { names: "WTF_numberOfProcessorCores|GOMAXPROCS|UV_THREADPOOL_SIZE", expected: { x64: 3, arm64: 3 } },
  { names: "SIMDUTF_FORCE_IMPLEMENTATION", expected: { x64: 1, arm64: 0 } },
];

interface Change {
  /** Bytes in hexadecimal, ".." for any. */
  readonly code: string;
  /** Where in what was found the new bytes go. */
  readonly at: number;
  readonly bytes: readonly number[];
}

/**
 * The engine takes options from any variable that begins with BUN_JSC_, compared letter by letter in the code: load, compare
 * with "B", branch away when it differs, load, compare with "U", ... The comparison with "B" is made to differ always.
 */
const enginePrefix: Readonly<Record<Machine, Change>> = {
  // cmpb $'B',(%r14); jne; cmpb $'U',1(%r14); jne; cmpb $'N',2(%r14); jne: the first jne becomes jmp.
  x64: { code: "41 80 3e 42 75 .. 41 80 7e 01 55 75 .. 41 80 7e 02 4e 75", at: 4, bytes: [0xeb] },
  // cmp w10,#'B'; b.ne; ldrb w10,[x9,#1]; cmp w10,#'U'; b.ne; ldrb; cmp w10,#'N': 'B' becomes 0x100, which no byte is.
  arm64: {
    code: "5f 09 01 71 .. .. .. 54 2a 05 40 39 5f 55 01 71 .. .. .. 54 2a 09 40 39 5f 39 01 71",
    at: 0,
    bytes: [0x5f, 0x01, 0x04, 0x71],
  },
};

function bytePattern(code: string): RegExp {
  const one = (byte: string) => (byte === ".." ? "[^]" : String.raw`\x${byte}`);
  return new RegExp(code.split(" ").map(one).join(""), "g");
}

/** The file is not what this was written for. */
export class CannotSeal extends Error {
  override readonly name = "CannotSeal";
}

interface Section {
  readonly start: number;
  readonly text: string;
}

function machineOf(file: Buffer): Machine {
  const machine = file.toString("latin1", 0, 4) === "\x7fELF" ? machines[file.readUInt16LE(18)] : undefined;
  if (machine === undefined) throw new CannotSeal("not an executable for x86-64 or arm64");
  return machine;
}

/** A section by its name, its bytes as one character each; Elf64_Ehdr and Elf64_Shdr of linux/elf.h. */
function sectionOf(file: Buffer, name: string): Section {
  const table = Number(file.readBigUInt64LE(40));
  const header = (index: number) => file.subarray(table + 64 * index, table + 64 * index + 64);
  const offset = (section: Buffer) => Number(section.readBigUInt64LE(24));
  const names = offset(header(file.readUInt16LE(62)));
  for (let index = 0; index < file.readUInt16LE(60); index++) {
    const section = header(index);
    const from = names + section.readUInt32LE(0);
    if (file.toString("latin1", from, from + name.length + 1) !== `${name}\0`) continue;
    const start = offset(section);
    return { start, text: file.toString("latin1", start, start + Number(section.readBigUInt64LE(32))) };
  }
  throw new CannotSeal(`no section ${name}`);
}

/** Places in the file where the section matches. @throws CannotSeal when there are more or fewer than expected */
function find(section: Section, pattern: RegExp, expected: number): number[] {
  const found = [...section.text.matchAll(pattern)].map((match) => section.start + match.index);
  if (found.length === expected) return found;
  throw new CannotSeal(`${found.length} places match ${pattern.source} where ${expected} were expected`);
}

/**
 * Seals a compiled executable in place.
 *
 * @returns how many places were changed
 * @throws CannotSeal before anything is changed, when the runtime in it is not the expected one
 */
export function seal(file: Buffer): number {
  const machine = machineOf(file);
  const { code, at, bytes } = enginePrefix[machine];
  const data = sectionOf(file, ".rodata");
  const names = families.flatMap((family) =>
    find(data, new RegExp(`(?<=\\0)(?:${family.names})(?=\\0)`, "g"), family.expected[machine]),
  );
  const comparisons = find(sectionOf(file, ".text"), bytePattern(code), 1);
  // An empty name: getenv(3) answers nothing, and no entry of an environment can begin with NUL.
  for (const place of names) file[place] = 0;
  for (const place of comparisons) file.set(bytes, place + at);
  return names.length + comparisons.length;
}

if (import.meta.main) {
  const [path = ""] = process.argv.slice(2);
  const file = readFileSync(path);
  seal(file);
  writeFileSync(path, file);
}
