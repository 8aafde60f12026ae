/** What the suite for anybody's plugin asks about VLANs, which only this kernel can answer. */
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { execa } from "execa";
import { describeWith, pluginFolder, repository } from "../../node/index.ts";
import { patience } from "../../node/patience.ts";

const ids = [
  "BRG-91a",
  "BRG-91b",
  "BRG-91c",
  "BRG-92a",
  "BRG-92b",
  "BRG-92c",
  "BRG-92d",
  "BRG-92e",
  "BRG-93a",
  "BRG-93b",
  "BRG-93c",
  "BRG-93d",
  "BRG-93e",
  "BRG-94",
];

interface Document {
  readonly clauses: readonly {
    readonly id: string;
    readonly outcome: string;
    readonly verdicts: readonly object[];
  }[];
}

const needs = {
  plugins: ["trestle", "bridge", "host-local"],
  commands: ["bridge", "nft", "ping", "tcpdump"],
};

describeWith(needs, "clauses on VLANs", () => {
  test(
    "are kept by bridge",
    async () => {
      const known = join(repository, "conformance/known/bridge.json");
      const subject = ["--plugin-dir", pluginFolder, "--type", "bridge", "--known", known];
      const choice = ["--only", ids.join(","), "--version", "1.1.0", "--json", "--jobs", "2"];
      const ended = await execa(join(pluginFolder, "trestle"), ["conformance", ...subject, ...choice], {
        reject: false,
      });
      const { clauses }: Document = JSON.parse(ended.stdout);
      expect(clauses.filter(({ outcome }) => outcome !== "pass" && outcome !== "known")).toEqual([]);
      expect(clauses.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    },
    120_000 * patience,
  );
});
