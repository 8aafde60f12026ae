import { afterEach } from "@jest/globals";
import { FakeNode } from "./fake-node.ts";

/**
 * For test files: gives a function that starts a node, and ends all that it started after each test.
 *
 *     const startNode = nodesPerTest();
 *     test("...", async () => {
 *       const node = await startNode();
 *     });
 */
export function nodesPerTest(): () => Promise<FakeNode> {
  const started: FakeNode[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((node) => node.stop()));
  });
  return async () => {
    const node = await FakeNode.start();
    started.push(node);
    return node;
  };
}
