/** `make demo`: tells the story on a node of its own, which ends with this process, however that ends. */
import { FakeNode } from "../node/fake-node.ts";
import { Report } from "./report.ts";
import { readNetworkList } from "./runtime.ts";
import { tellStory } from "./story.ts";

const report = new Report(process.stdout);
const node = await FakeNode.start();

// An interrupted program takes the commands that it waits for with it; what they say then is of no interest.
let interrupted = false;
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
for (const [signal, exitCode] of Object.entries(exitCodes)) {
  process.on(signal, () => {
    interrupted = true;
    void node.stop().then(() => process.exit(exitCode));
  });
}

try {
  await tellStory({ node, report, list: readNetworkList() });
} catch (error) {
  if (!interrupted) report.failed(error);
  process.exitCode = 1;
}
if (!interrupted) {
  await node.stop();
  if (process.exitCode !== 1)
    report.end("The node is gone with all that was in it. This host was not touched.");
  process.exit();
}
