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

interface NamedOwner {
  readonly network: string;
  readonly containerId: string;
}

/** The reference's comment; of other plugins' rules it begins otherwise. */
const ownerComment = /^name: "([^"]*)" id: "([^"]*)"$/;

function ownerOf(words: readonly string[]): NamedOwner | undefined {
  const at = words.indexOf("--comment");
  const [, network, containerId] = ownerComment.exec(at < 0 ? "" : (words[at + 1] ?? "")) ?? [];
  return network === undefined || containerId === undefined ? undefined : { network, containerId };
}

/** Those whom rules name in their comments, where the chain that a rule lies in or jumps to is theirs. */
export function ownersIn(listing: string, chainOf: (owner: NamedOwner) => string): NamedOwner[] {
  const owners = new Map<string, NamedOwner>();
  for (const words of listing.split("\n").map(splitWords)) {
    const owner = ownerOf(words);
    const chain = owner && chainOf(owner);
    if (owner !== undefined && chain !== undefined && [words[1], targetOf(words)].includes(chain))
      owners.set(chain, owner);
  }
  return [...owners.values()];
}

function targetOf(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === "-j" || word === "-g");
  return at < 0 ? undefined : words[at + 1];
}
