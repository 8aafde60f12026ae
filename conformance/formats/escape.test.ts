import { describe, expect, test } from "@jest/globals";
import { escapeMarkdown, escapeMarkup, printable, printableLine, quoteForShell } from "./escape.ts";

describe("printable()", () => {
  test.each([
    ["a line\n\tand another", "a line\n\tand another"],
    ["\u001B[31mred\u0007", "\\u{1b}[31mred\\u{7}"],
    // The eight-bit form of "ESC [", text that runs backwards, text that cannot be seen, half of a character.
    ["\u009B1m \u202Etxt \u200B \uD800", "\\u{9b}1m \\u{202e}txt \\u{200b} \\u{d800}"],
    ["é 漢 🙂", "é 漢 🙂"],
  ])("%j is %j", (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  test("a line stays one", () => {
    expect(printableLine("a\nb\tc")).toBe("a\\nb\\tc");
  });
});

describe("escapeMarkup()", () => {
  test("leaves nothing that starts or ends markup", () => {
    expect(escapeMarkup(`<b a="1" c='2'>&amp;\u0000]]>`)).toBe(
      "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;\\u{0}]]&gt;",
    );
  });
});

describe("escapeMarkdown()", () => {
  test.each([
    ["a | b\n# c", String.raw`a \| b<br># c`],
    ["[x](http://a) `c` **d**", String.raw`\[x\](http:&#47;/a) \`c\` \*\*d\*\*`],
    ["<script>", "&lt;script&gt;"],
    ["it's\u0007", String.raw`it&#39;s\\u{7}`],
  ])("%j is %j", (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected);
  });
});

describe("quoteForShell()", () => {
  test.each([
    ["/run/netns/one", "/run/netns/one"],
    ["ADD ", "'ADD '"],
    ["", "''"],
    ["it's $HOME", String.raw`'it'\''s $HOME'`],
  ])("%j is %s", (text, expected) => {
    expect(quoteForShell(text)).toBe(expected);
  });
});
