/** What the suite for anybody's plugin asks about VLANs of bridges, which only this kernel can answer. */
import { expect, test } from "@jest/globals";
import { catalogue } from "../../catalogue/index.ts";
import { describeWith } from "../../node/index.ts";
import { patience } from "../../node/patience.ts";
import { isIn } from "../../suite/plan.ts";
import { judged } from "./judgement.ts";

const clauses = catalogue.filter(({ needs = [] }) => needs.includes("vlan filtering"));

/** Of the versions between them each answers as its neighbour does. */
const versions = ["0.3.0", "0.4.0", "1.0.0", "1.1.0"] as const;

const needs = {
  plugins: ["trestle", "bridge", "host-local"],
  commands: ["bridge", "nft", "ping", "tcpdump"],
};

describeWith(needs, "clauses on VLANs", () => {
  test.each(versions)(
    "are kept by bridge in %s",
    async (version) => {
      const ids = clauses.filter((clause) => isIn(clause, version)).map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(["BRG-91a", "BRG-91c", "BRG-92e", "BRG-93a", "BRG-94"]));
      const { kept, others } = await judged({ type: "bridge", version, only: ids });
      expect(others).toEqual([]);
      expect(kept.toSorted()).toEqual(ids.toSorted());
    },
    300_000 * patience,
  );
});
