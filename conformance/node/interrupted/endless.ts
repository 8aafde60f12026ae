import { mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { FakeNode } from "../index.ts";

// Not found by the name of a test: interrupted.test.ts runs this file in a Jest of its own and kills it in the middle.
test("never ends by itself", async () => {
  const [report = "", mark = "", hierarchy = ""] = (process.env["INTERRUPTED"] ?? "").split(" ");
  const node = await FakeNode.start();
  await node.run("setsid", ["-f", "sh", "-c", `exec sleep ${mark} > /dev/null 2>&1`]);
  await node.addNamespace("one");
  mkdirSync(`${hierarchy}/${node.id}`);
  writeFileSync(report, JSON.stringify({ pid: node.pid, cgroup: `${hierarchy}/${node.id}` }));
  await new Promise((done) => setTimeout(done, 90_000));
  await node.stop();
  expect("interrupted").toBe("long before this line");
}, 120_000);
