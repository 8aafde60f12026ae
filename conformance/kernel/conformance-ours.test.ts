/** Our plugins before the suite that we hand to others: a test for each clause, over all versions that it is run in. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "@jest/globals";
import { describeWith, missing, pluginFolder, repository } from "../node/index.ts";

/** What is read of `--format json`. */
interface Document {
  readonly plugin: { readonly versions: readonly string[] };
  readonly clauses: readonly {
    readonly id: string;
    readonly profile: string;
    readonly statement: string;
    readonly outcome: string;
    readonly verdicts: readonly {
      readonly version: string;
      readonly outcome: string;
      readonly reason: string;
    }[];
  }[];
}

const nothing: Document = { plugin: { versions: [] }, clauses: [] };

const folder = mkdtempSync(join(tmpdir(), "trestle-conformance-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const types = ["bridge", "host-local", "loopback"] as const;
const needs = { commands: ["nft", "iptables", "tc", "bridge", "tcpdump"], plugins: ["trestle", ...types] };

async function judge(type: string): Promise<Document> {
  const out = join(folder, `${type}.json`);
  const known = join(repository, `conformance/known/${type}.json`);
  const run = [
    "conformance",
    "--plugin-dir",
    pluginFolder,
    "--type",
    type,
    "--known",
    known,
    "--format",
    "json",
  ];
  // A clause that fails makes it exit with 1, and is a failing test below.
  await promisify(execFile)(join(pluginFolder, "trestle"), [...run, "--jobs", "2", "--out", out]).catch(
    () => undefined,
  );
  const document: Document = JSON.parse(readFileSync(out, "utf8"));
  return document;
}

// Tests are named before they run, so the verdicts have to be there by then.
const documents = new Map<string, Document>();
if (missing(needs).length === 0) for (const type of types) documents.set(type, await judge(type));

for (const type of types) {
  describeWith(needs, `clauses for ${type}`, () => {
    const { plugin, clauses } = documents.get(type) ?? nothing;

    test("are run in every version", () => {
      expect(plugin.versions).toEqual(["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"]);
      expect(clauses.length).toBeGreaterThan(60);
    });

    test.each(clauses.filter(({ outcome }) => outcome !== "not applicable" && outcome !== "skipped"))(
      "$id $statement",
      ({ outcome, verdicts }) => {
        // "known" is a difference from the reference that is listed with its reason; everything else has to pass.
        const failed = outcome === "known" ? [] : verdicts.filter((verdict) => verdict.outcome === "fail");
        expect(failed.map(({ version, reason }) => `${version}: ${reason}`)).toEqual([]);
        expect(["pass", "known"]).toContain(outcome);
      },
    );

    for (const { id, statement, outcome, verdicts } of clauses.filter(
      (clause) => clause.outcome === "skipped",
    )) {
      const reasons = new Set(verdicts.map(({ reason }) => reason));
      describeWith({ lacking: [...reasons] }, `${id} ${statement}`, () => {
        test("holds", () => {
          expect(outcome).toBe("pass");
        });
      });
    }
  });
}
