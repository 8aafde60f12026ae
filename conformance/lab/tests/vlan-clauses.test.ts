/**
 * The vlan plugin before the suite, which is skipped for it where there is no 802.1Q. Not all of it: but for the link itself it
 * is what macvlan is, which is judged as a whole outside (conformance/kernel/conformance-ours.test.ts), and programs start slowly here.
 */
import { expect, test } from "@jest/globals";
import type { Version } from "../../../cni/version.ts";
import { describeWith } from "../../node/index.ts";
import { patience } from "../../node/patience.ts";
import { judged } from "./judgement.ts";

/** What is about the link, and in older versions what is about their results. */
const asked: readonly { readonly version: Version; readonly only: readonly string[] }[] = [
  { version: "0.1.0", only: ["RES-01", "DEL-01"] },
  { version: "0.4.0", only: ["RES-01", "DEL-01"] },
  { version: "1.0.0", only: ["RES-01", "DEL-01"] },
  { version: "1.1.0", only: ["RES-01", "ADD-01", "ADD-02", "CHK-01", "CHK-02", "DEL-01", "STA-01"] },
];

const needs = {
  plugins: ["trestle", "vlan", "host-local"],
  commands: ["bridge", "nft", "ping", "tcpdump"],
};

describeWith(needs, "the vlan plugin", () => {
  test.each(asked)(
    "keeps the clauses of $only in $version",
    async ({ version, only }) => {
      const { kept, others } = await judged({ type: "vlan", version, only, profiles: "spec,quality" });
      expect(others).toEqual([]);
      expect(kept).toEqual(expect.arrayContaining([...only]));
    },
    300_000 * patience,
  );
});
