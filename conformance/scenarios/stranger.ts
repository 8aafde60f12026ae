import type { FakeNode } from "../node/index.ts";
import { type Place, place } from "./endpoint.ts";

/** A namespace with an address of the others' subnet and a cable, but to nobody: who reaches it reaches everybody. */
export async function addStranger(node: FakeNode, address: string, length: number): Promise<Place> {
  const script = `ip link add nowhere up type veth peer name eth0 netns stranger
    ip -n stranger addr add ${address}/${length} dev eth0; ip -n stranger link set eth0 up`;
  await node.addNamespace("stranger");
  await node.run("sh", ["-ec", script]);
  return place(node, { netns: "stranger", name: "stranger", address });
}
