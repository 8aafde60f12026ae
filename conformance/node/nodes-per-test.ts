import { afterEach, jest } from "@jest/globals";
import { FakeNode } from "./fake-node.ts";
import { patience } from "./patience.ts";

/**
 * For test files: gives a function that starts a node, and ends all that it started after each test. The tests of the
 * file get two minutes each: that is for those that hang, because programs on a busy machine take their time and nodes have bounds
 * of their own.
 *
 *     const startNode = nodesPerTest();
 *     test("...", async () => {
 *       const node = await startNode();
 *     });
 */
export function nodesPerTest(): () => Promise<FakeNode> {
  jest.setTimeout(120_000 * patience);
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
