/** A service that says one line to whoever connects by TCP. */
import type { Background } from "../node/background.ts";
import type { FakeNode } from "../node/index.ts";
import type { Place } from "./endpoint.ts";

/** Starts it, and returns when it listens. */
export async function answer({ node, netns }: Place, port: number, line: string): Promise<Background> {
  const serve = ["nc", "-ll", "-p", String(port), "-e", "echo", line];
  const running = await node.background("busybox", serve, netns === null ? {} : { namespace: netns });
  const listens = `until grep -q ':${port.toString(16).toUpperCase().padStart(4, "0")} ' /proc/${running.pid}/net/tcp*
    do sleep 0.05; done`;
  await node.run("sh", ["-c", listens]);
  return running;
}

/** The line, or undefined where nobody answers within five seconds. */
export async function ask(
  node: FakeNode,
  netns: string | null,
  address: string,
  port: number,
): Promise<string | undefined> {
  const command = ["5", "bash", "-c", `exec 3<> /dev/tcp/${address}/${port} && cat <&3`];
  const options = { allowFailure: true };
  const { exitCode, stdout } = await (netns === null
    ? node.run("timeout", command, options)
    : node.inNamespace(netns, "timeout", command, options));
  return exitCode === 0 ? stdout : undefined;
}
