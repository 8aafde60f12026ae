/** What `iptables -S` prints: rules as the words that make them, where quotes and backslashes keep a word together. */

/** The words of one line: `--comment "name: \"n1\" id: \"c1\""` is two. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at);
    if (letter === "\\" && quoted) {
      at++;
      word = (word ?? "") + line.charAt(at);
    } else if (letter === '"') {
      quoted = !quoted;
      word ??= "";
    } else if (letter === " " && !quoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + letter;
    }
  }
  return word === undefined ? words : [...words, word];
}

/** Arguments of the commands that remove `chain` and all that jumps to it from POSTROUTING, in order. */
export function removalCommands(listing: string, chain: string): string[][] {
  const lines = listing.split("\n").map(splitWords);
  const jumps = lines.filter(
    (words) => words[0] === "-A" && words[1] === "POSTROUTING" && targetOf(words) === chain,
  );
  const exists = lines.some((words) => words[0] === "-N" && words[1] === chain);
  return [
    ...jumps.map((words) => ["-D", ...words.slice(1)]),
    ...(exists
      ? [
          ["-F", chain],
          ["-X", chain],
        ]
      : []),
  ];
}

function targetOf(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === "-j" || word === "-g");
  return at < 0 ? undefined : words[at + 1];
}
