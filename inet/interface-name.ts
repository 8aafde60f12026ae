/** Interface names as the kernel accepts them: `dev_valid_name()` and `__dev_alloc_name()`, net/core/dev.c. */

/** Bytes: IFNAMSIZ without the NUL. */
export const longestInterfaceName = 15;

/** Why `name` cannot be an interface, or undefined where it can. */
export function interfaceNameFault(name: string): string | undefined {
  if (name === "") return "is empty";
  const bytes = new TextEncoder().encode(name);
  if (bytes.length > longestInterfaceName) return `is longer than ${longestInterfaceName} bytes`;
  if (name === "." || name === "..") return "is a folder's own name";
  for (let at = 0; at < name.length; at++) {
    if (isSeparator(name.charAt(at))) return "contains a slash, a colon or white space";
  }
  // The kernel looks at bytes and takes this one for the no-break space of Latin-1: "à" is 0xc3 0xa0.
  if (bytes.includes(0xa0)) return "contains a character that the kernel takes for white space";
  if (name.includes("%")) return 'contains "%", which the kernel takes for a pattern such as "eth%d"';
  return undefined;
}

/** White space is what JavaScript or Go (U+0085) calls so: wider than the kernel, as in the reference plugins. */
function isSeparator(character: string): boolean {
  return "/:\0\u0085".includes(character) || character.trim() === "";
}
