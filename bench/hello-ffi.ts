/** The empty program with a foreign function: what reaching the kernel costs before anything is asked of it. */
import { dlopen } from "bun:ffi";

dlopen("libc.so.6", { getpid: { args: [], returns: "i32" } }).symbols.getpid();
