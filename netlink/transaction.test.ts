import { describe, expect, test } from "@jest/globals";
import { Conversation } from "./conversation.ts";
import { acknowledge, FakeKernel, refuse, reply, type Answer } from "./fake-kernel.ts";
import { messageFlags, type Message, type Request } from "./message.ts";

const request = (purpose: string, type: number): Request => ({
  purpose,
  type,
  flags: 0,
  body: new Uint8Array(4),
});

const batch = {
  begin: request("apply all", 16),
  requests: [request("add one", 100), request("add two", 101)],
  end: request("apply all", 17),
};

/** `answers` come when the batch has ended. */
function converse(answers: (messages: readonly Message[]) => Answer) {
  const kernel = new FakeKernel((seen) => {
    if (seen.type === 200) return [[reply(seen, { type: 201, body: Uint8Array.of(9) }), acknowledge(seen)]];
    return seen.type === 17 ? answers(kernel.requests) : [];
  });
  return { kernel, conversation: new Conversation(kernel, (errno) => `errno ${errno}`) };
}

function at(messages: readonly Message[], index: number): Message {
  const message = messages[index];
  if (message === undefined) throw new Error(`no message ${index}`);
  return message;
}

function thrownBy(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("transaction()", () => {
  test("asks for one acknowledgement, of the last request", () => {
    const { kernel, conversation } = converse((messages) => [[acknowledge(at(messages, 2))]]);
    conversation.transaction(batch);
    const plain = messageFlags.request;
    expect(kernel.requests.map(({ type, flags }) => [type, flags])).toEqual([
      [16, plain],
      [100, plain],
      [101, plain | messageFlags.acknowledge],
      [17, plain],
    ]);
  });

  test("nothing to do sends nothing", () => {
    const { kernel, conversation } = converse(() => []);
    conversation.transaction({ ...batch, requests: [] });
    expect(kernel.requests).toEqual([]);
  });

  const refusals: { what: string; errnos: readonly (readonly [number, number])[]; names: string }[] = [
    {
      what: "a request that failed",
      errnos: [
        [1, 17],
        [2, 0],
      ],
      names: "add one",
    },
    { what: "the last request", errnos: [[2, 2]], names: "add two" },
    {
      what: "the first of several",
      errnos: [
        [1, 17],
        [2, 2],
      ],
      names: "add one",
    },
    { what: "the whole batch, at its begin", errnos: [[0, 85]], names: "apply all" },
    {
      what: "the whole batch, with acknowledgements behind",
      errnos: [
        [0, 12],
        [2, 0],
      ],
      names: "apply all",
    },
  ];
  test.each(refusals)("throws the refusal of $what, and stays usable", ({ errnos, names }) => {
    const { conversation } = converse((messages) =>
      errnos.map(([index, errno]) => [refuse(at(messages, index), { errno })]),
    );
    expect(thrownBy(() => conversation.transaction(batch))).toMatchObject({
      name: "NetlinkError",
      request: names,
      errno: errnos[0]?.[1],
    });
    expect(conversation.request(request("read", 200)).map(({ body }) => body[0])).toEqual([9]);
  });
});
