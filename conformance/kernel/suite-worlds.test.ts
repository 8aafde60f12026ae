/** What the suite prepares for other people's plugins is a world in which they work: judged are those of the reference. */
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { JsonObject } from "../../cni/json-object.ts";
import { catalogue } from "../catalogue/index.ts";
import { describeWith, referenceFolder } from "../node/index.ts";
import { profiles } from "../suite/clause.ts";
import { chooseClauses } from "../suite/plan.ts";
import { runClauses } from "../suite/run.ts";
import { configurationOf, kindOf } from "../suite/subject.ts";

const ipam = { type: "host-local", subnet: "10.88.0.0/24" };
const portMappings = [{ hostPort: 8080, containerPort: 80, protocol: "tcp" }];

const worlds: readonly (readonly [type: string, configuration: JsonObject])[] = [
  [
    "bandwidth",
    { ingressRate: 8_000_000, ingressBurst: 8_000_000, egressRate: 8_000_000, egressBurst: 8_000_000 },
  ],
  ["firewall", { backend: "iptables" }],
  ["portmap", { runtimeConfig: { portMappings } }],
  ["tuning", { mtu: 1400 }],
  ["macvlan", { master: "uplink0", ipam }],
];

async function failuresOf(
  type: string,
  configuration: JsonObject,
  only: readonly string[],
): Promise<readonly string[]> {
  const subject = {
    folder: referenceFolder,
    type,
    kind: kindOf(type, configuration),
    configuration: configurationOf(type, configuration),
    description: "",
    versions: ["0.4.0", "1.0.0"] as const,
  };
  const clauses = chooseClauses(catalogue, { profiles, only }, subject);
  const reports = await runClauses({ subject, clauses, jobs: 2 });
  const found = reports.flatMap(({ clause, verdicts }) =>
    verdicts.map((verdict) => ({ id: clause.id, ...verdict })),
  );
  expect(found.filter(({ outcome }) => outcome === "pass").length).toBeGreaterThanOrEqual(only.length);
  return found
    .filter(({ outcome }) => outcome === "fail" || outcome === "error")
    .map(({ id, version, reason }) => `${id} in ${version}: ${reason}`);
}

for (const [type, configuration] of worlds) {
  const files = [join(referenceFolder, type), join(referenceFolder, "host-local")];
  describeWith({ files, commands: ["iptables", "nft", "tc"] }, `the world of ${type}`, () => {
    test("lets it come and go, for one container and for many", async () => {
      expect(await failuresOf(type, configuration, ["ADD-01", "ADD-06", "ADD-09", "DEL-01"])).toEqual([]);
    }, 120_000);
  });
}
