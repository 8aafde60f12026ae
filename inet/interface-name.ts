/** Interface names as the kernel accepts them: `dev_valid_name()`, net/core/dev.c. */

const longestBytes = 15; // IFNAMSIZ - 1

/** Why `name` cannot be an interface, or undefined where it can. */
export function interfaceNameFault(name: string): string | undefined {
  if (name === "") return "is empty";
  if (new TextEncoder().encode(name).length > longestBytes) return `is longer than ${longestBytes} bytes`;
  if (name === "." || name === "..") return "is a folder's own name";
  if (/[/:\s\0]/u.test(name)) return "contains a slash, a colon or white space";
  return undefined;
}
