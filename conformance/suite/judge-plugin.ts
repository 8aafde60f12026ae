/** From a folder and a type to a report: finds out what the plugin is, chooses clauses and runs them. */
import { release } from "node:os";
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import { isVersion, versions, type Version } from "../../cni/version.ts";
import { catalogue } from "../catalogue/index.ts";
import { FakeNode } from "../node/fake-node.ts";
import type { Kind } from "./clause.ts";
import { measureLatency } from "./latency.ts";
import { chooseClauses, type Choice } from "./plan.ts";
import type { Report } from "./report.ts";
import { runClauses, type Progress } from "./run.ts";
import { configurationOf, kindOf, type Subject } from "./subject.ts";

export interface Judgement {
  readonly folder: string;
  readonly type: string;
  readonly kind?: Kind;
  /** The plugin's own configuration; one that its kind usually needs when left out. */
  readonly configuration?: JsonObject;
  /** All that the plugin says it speaks when left out. */
  readonly version?: Version;
  readonly choice: Choice;
  readonly jobs: number;
  readonly differences?: Readonly<Record<string, string>>;
  readonly onProgress?: (progress: Progress) => void;
}

/** @throws Error where a host cannot be made: no root, no namespaces */
export async function judgePlugin(judgement: Judgement): Promise<Report> {
  const subject = await findSubject(judgement);
  const clauses = chooseClauses(catalogue, judgement.choice, subject);
  const reports = await runClauses({ ...judgement, subject, clauses });
  const { configuration: _configuration, ...facts } = subject;
  const report = { subject: facts, kernel: release(), clauses: reports };
  const isWhole = judgement.choice.only.length === 0 && judgement.choice.profiles.includes("quality");
  return isWhole ? { ...report, latency: await measureLatency(subject) } : report;
}

async function findSubject({ folder, type, kind, configuration, version }: Judgement): Promise<Subject> {
  await using node = await FakeNode.start();
  const program = `${folder}/${type}`;
  const { stderr } = await node.run(program, [], { allowFailure: true, timeoutMs: 10_000 });
  return {
    folder,
    type,
    kind: kind ?? kindOf(type, configuration),
    configuration: configurationOf(type, configuration),
    description: stderr.split("\n")[0] ?? "",
    versions: version === undefined ? await supportedVersions(node, program) : [version],
  };
}

/** Of a plugin that does not tell, all are tried, so that it can fail them. */
async function supportedVersions(node: FakeNode, program: string): Promise<readonly Version[]> {
  const { stdout } = await node.run(program, [], {
    env: { CNI_COMMAND: "VERSION", CNI_NETNS: "unused", CNI_IFNAME: "unused", CNI_PATH: "/" },
    input: JSON.stringify({ cniVersion: "1.1.0" }),
    allowFailure: true,
    timeoutMs: 10_000,
  });
  const told = versionsIn(stdout);
  return told.length === 0 ? versions : told;
}

function versionsIn(stdout: string): readonly Version[] {
  try {
    const json: unknown = JSON.parse(stdout);
    const listed = isJsonObject(json) ? json["supportedVersions"] : undefined;
    return Array.isArray(listed) ? listed.filter((item): item is Version => isVersion(String(item))) : [];
  } catch {
    return [];
  }
}
