/** Reads what strace -f wrote. */

export interface Trace {
  /** System calls of all processes. */
  readonly calls: number;
  /** Programs that were started, the first one included. */
  readonly programs: readonly string[];
  /** Files that were opened, in order, each once. */
  readonly opened: readonly string[];
}

/** One line of `strace -f -o`: process id, call, arguments, result. The rest of an interrupted call is no call. */
const callLine = /^\d+\s+(?<name>[a-z0-9_]+)\((?<rest>.*)$/u;

export function readTrace(text: string): Trace {
  const calls = text.split("\n").flatMap((line): Record<string, string>[] => {
    const groups = callLine.exec(line)?.groups;
    return groups === undefined ? [] : [groups];
  });
  const succeeded = calls.filter(({ rest = "" }) => /= \d/u.test(rest) || rest.includes("<unfinished"));
  const firstString = ({ rest = "" }: Record<string, string>) =>
    /"(?<path>[^"]*)"/u.exec(rest)?.groups?.["path"] ?? "";
  const named = (name: string) => succeeded.filter((call) => call["name"] === name).map(firstString);
  return { calls: calls.length, programs: named("execve"), opened: [...new Set(named("openat"))] };
}
