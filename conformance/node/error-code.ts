/** Whether a system call failed in a certain way. Not told by its class: such errors come from another realm than jest's. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === code;
}
