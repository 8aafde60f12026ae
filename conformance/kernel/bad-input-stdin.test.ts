import { expect, test } from "@jest/globals";
import { describeWith } from "../node/index.ts";
import { fullNetwork } from "./network.ts";
import { clean, sharedSubject } from "./refusal.ts";

const whole = JSON.stringify(fullNetwork());
const tenMegabytes = 10 * 1024 * 1024;
const deep = 100_000;

function nested(levels: number): string {
  return `${"[".repeat(levels)}${"]".repeat(levels)}`;
}

function withKey(text: string): string {
  return `${whole.slice(0, -1)},${text}}`;
}

const decoding = "cannot decode the network configuration";

/** What it is, standard input, what must be said. */
const inputs: [string, string | Uint8Array, (string | RegExp)[]][] = [
  ["nothing", "", [decoding, "standard input is empty", "one JSON object"]],
  ["white space", " \n\t\n", [decoding, "standard input is empty", "one JSON object"]],
  ["an object without its end", whole.slice(0, -1), [decoding, "one JSON object"]],
  ["an object without its beginning", whole.slice(1), [decoding, "one JSON object"]],
  ["two objects", `${whole}${whole}`, [decoding, "one JSON object"]],
  ["an object and a word", `${whole} true`, [decoding, "one JSON object"]],
  ["a trailing comma", `${whole.slice(0, -1)},}`, [decoding, "one JSON object"]],
  ["single quotes", whole.replaceAll('"', "'"), [decoding, "one JSON object"]],
  ["a comment", `// net\n${whole}`, [decoding, "one JSON object"]],
  ["a raw newline inside a string", whole.replace("net", "ne\nt"), [decoding, "one JSON object"]],
  ["a NUL byte behind the object", `${whole}\0`, [decoding, "one JSON object"]],
  ["a NUL byte only", "\0", [decoding, "one JSON object"]],
  [
    "bytes that are no text",
    Uint8Array.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
    [decoding, "one JSON object"],
  ],
  ["an array", `[${whole}]`, [decoding, "it is an array, not an object"]],
  ["a string", JSON.stringify(whole), [decoding, "it is a string, not an object"]],
  ["a number", "5", [decoding, "it is a number, not an object"]],
  ["a boolean", "true", [decoding, "it is a boolean, not an object"]],
  ["null", "null", [decoding, "it is null, not an object"]],
  ["100000 brackets", nested(deep), [decoding]],
  ["100000 brackets that do not close", "[".repeat(deep), [decoding]],
  ["100000 objects inside each other that do not close", '{"a":'.repeat(deep), [decoding]],
  ["10 MB of white space", " ".repeat(tenMegabytes), [/standard input is longer than \d+ bytes/]],
  [
    "10 MB of one value",
    withKey(`"x":"${"x".repeat(tenMegabytes)}"`),
    [/standard input is longer than \d+ bytes/],
  ],
  ["10 MB of brackets", "[".repeat(tenMegabytes), [/standard input is longer than \d+ bytes/]],
];

describeWith({ plugins: ["bridge", "host-local"], commands: ["nft"] }, "bad standard input", () => {
  const subject = sharedSubject();

  test.each(inputs)("%s", async (_what, config, says) => {
    expect(await subject.refuses({ config }, { code: 6, says })).toEqual(clean);
  });

  test.each(["CHECK", "DEL"])("%s says the same", async (command) => {
    for (const config of ["", "{", "[]", " ".repeat(tenMegabytes)]) {
      expect(
        await subject.refuses(
          { config, command },
          { code: 6, says: [/standard input|network configuration/] },
        ),
      ).toEqual(clean);
    }
  });

  test.each(["host-local", "loopback", "trestle"])("%s says the same", async (type) => {
    for (const config of ["", "{", "[]"]) {
      expect(await subject.refuses({ config, type }, { code: 6, says: [decoding] })).toEqual(clean);
    }
  });
});

describeWith({ plugins: ["bridge", "host-local"], commands: ["nft"] }, "odd but valid standard input", () => {
  const subject = sharedSubject();

  test.each([
    ["100000 brackets under a key that nobody knows", withKey(`"x":${nested(deep)}`)],
    ["the same key thrice", withKey(`"name":"other","name":"net"`)],
    ["7 MB", withKey(`"x":"${"x".repeat(7 * 1024 * 1024)}"`)],
  ])("%s is no reason to refuse", async (_what, config) => {
    const call = { type: "bridge", netns: "pod", config };
    for (const command of ["ADD", "DEL"]) {
      const ended = await subject.node().plugin({ ...call, command });
      expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    }
  });
});
