/**
 * Run by the build after compiling: takes from the executable the runtime's own environment variables, so that whoever
 * sets a container runtime's environment cannot turn a plugin that runs as root into an interpreter, make it load code or
 * write files. The runtime has no switch for that; the names are changed in the file itself, in place, so that its length
 * and everything that is appended to it stay as they are. LD_PRELOAD and its kind belong to the system and stay.
 *
 * Every change is counted: a runtime of another version, where a count differs, fails the build until somebody has looked.
 *
 * Not part of the executable. It lives here because it belongs to how `main.ts` becomes a program.
 */
import { readFileSync, writeFileSync } from "node:fs";

type Machine = "x64" | "arm64";

/** e_machine, linux/elf-em.h */
const machines: Readonly<Record<number, Machine>> = { 62: "x64", 183: "arm64" };

/** Names that are whole strings of the runtime's read-only data, and how many of them there are in bun 1.4.5. */
const families: readonly { readonly names: RegExp; readonly expected: Record<Machine, number> }[] = [
  // BUN_BE_BUN, BUN_OPTIONS, BUN_INSPECT, BUN_BYTECODE_ORDER_OUT, feature flags, ...
  { names: /^BUN_\w+$/, expected: { x64: 97, arm64: 98 } },
  // NODE_CHANNEL_FD takes messages from a descriptor, NODE_REDIRECT_WARNINGS writes a file. The others are constants.
  { names: /^NODE_(?!API_|PERFORMANCE_|MODULE_)[A-Z_]+$/, expected: { x64: 0, arm64: 0 } },
  // The engine and its allocators: JIT off, other heaps, logs.
  { names: /^(?:JavaScriptCoreUseJIT|JSC_SIGNAL_FOR_GC|JSC_PROFILER_PATH)$/, expected: { x64: 3, arm64: 3 } },
  {
    names: /^(?:WTF_numberOfProcessorCores|WebKit\w+(?:Enabled|Enablement))$/,
    expected: { x64: 0, arm64: 0 },
  },
];
