import { describe, expect, test } from "@jest/globals";
import type { RecordedCall } from "../suite/report.ts";
import { answerOf, commandOf, describeCalls, preparationOf } from "./call.ts";

function call(more: Partial<RecordedCall> = {}): RecordedCall {
  const environment = { CNI_COMMAND: "ADD", CNI_NETNS: "/run/netns/one" };
  return {
    command: "ADD",
    program: "/bin/p",
    environment,
    stdin: "{}",
    exitCode: 0,
    stdout: "",
    stderr: "",
    ...more,
  };
}

describe("preparationOf()", () => {
  test.each([
    ["/run/netns/one", ["ip netns add one"]],
    ["/run/netns/box-1", ["ip netns add box-1"]],
    ["/run/netns/code-11", ["ip netns add code-11"]],
    ["/run/netns/a.b_c", ["ip netns add a.b_c"]],
    ["/run/../run/netns/two", ["ip netns add two"]],
    ["/run//netns/./two", ["ip netns add two"]],
    ["/run/netns/..", []],
    // What a plugin is to refuse, or an option of ip(8).
    ["/run/netns/-all", []],
    ["/run/netns/a/b", []],
    ["/proc/1/ns/net", []],
    ["", []],
  ])("of %j is %j", (path, commands) => {
    expect(preparationOf([call({ environment: { CNI_NETNS: path } })])).toEqual(commands);
  });

  test("names each namespace once, and none for a call without one", () => {
    const again = call({ environment: { CNI_NETNS: "/run/../run/netns/one" } });
    expect(preparationOf([call(), again, call({ environment: {} })])).toEqual(["ip netns add one"]);
  });
});

test("commandOf() stands in for what is no text", () => {
  expect(commandOf(call({ stdin: "9000000 bytes", environment: {} }))).toBe(
    "head -c 9000000 FILE | env -i PATH=$PATH /bin/p",
  );
});

test("answerOf() prints documents on one line and shortens what is long", () => {
  expect(answerOf(call({ stdout: '{\n  "a": 1\n}\n' }))).toBe('exit 0\nstandard output: {"a":1}');
  expect(answerOf(call({ exitCode: 1, stderr: "x".repeat(3000) }))).toBe(
    `exit 1\nstandard error: ${"x".repeat(2000)}…`,
  );
});

test("describeCalls() makes namespaces before the first call", () => {
  const [first] = describeCalls([call({ environment: { CNI_NETNS: "/run/netns/box-1" } })]).split("\n");
  expect(first).toBe("ip netns add box-1");
});
