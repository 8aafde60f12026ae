import { describe, expect, test } from "@jest/globals";
import { nested } from "./attributes.ts";
import { Conversation } from "./conversation.ts";
import { acknowledge, done, entry, FakeKernel, refuse, reply, Silence, type Answer } from "./fake-kernel.ts";
import { controlTypes, messageFlags, type Message, type Request } from "./message.ts";
import { NetlinkError, NetlinkProtocolError } from "./netlink-error.ts";
import { u32, u8 } from "./payload.ts";
import { buildRequest } from "./route/headers.ts";

const table = { mtu: [4, u32], info: [18, nested({ size: [3, u32], port: [5, u8] } as const)] } as const;

function request(purpose: string): Request {
  return buildRequest({
    purpose,
    type: 16,
    header: new Uint8Array(16),
    table,
    attributes: { mtu: 1500, info: { size: 1, port: 2 } },
  });
}

function converse(answer: (request: Message, earlier: number) => Answer) {
  const kernel = new FakeKernel(answer);
  return { kernel, conversation: new Conversation(kernel, (errno) => `errno ${errno}`) };
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

const body = (byte: number) => Uint8Array.of(byte, 0, 0, 0);

describe("request()", () => {
  test("asks for an acknowledgement and returns the replies before it", () => {
    const { kernel, conversation } = converse((seen) => [
      [reply(seen, { type: 20, body: body(1) })],
      [reply(seen, { type: 20, body: body(2) }), acknowledge(seen)],
    ]);
    expect(conversation.request(request("read")).map((message) => message.body[0])).toEqual([1, 2]);
    expect(kernel.requests[0]?.flags).toBe(messageFlags.request | messageFlags.acknowledge);
  });

  test("gives every request a sequence number of its own", () => {
    const { kernel, conversation } = converse((seen) => [[acknowledge(seen)]]);
    conversation.request(request("one"));
    conversation.exchange([request("two"), request("three")]);
    expect(kernel.requests.map((seen) => seen.sequence)).toEqual([1, 2, 3]);
  });

  test("skips answers to requests that are not open, and control messages", () => {
    const { conversation } = converse((seen) => [
      [{ ...reply(seen, { type: 20, body: body(7) }), sequence: seen.sequence - 1 }],
      [{ ...refuse(seen, { errno: 22 }), sequence: seen.sequence + 40 }],
      [reply(seen, { type: controlTypes.noop, body: body(8) })],
      [reply(seen, { type: 20, body: body(1) }), acknowledge(seen)],
    ]);
    expect(conversation.request(request("read")).map((message) => message.body[0])).toEqual([1]);
  });

  test("keeps replies after the transport has used its buffer again", () => {
    const { conversation } = converse((seen) => [
      [reply(seen, { type: 20, body: body(5) })],
      [acknowledge(seen)],
    ]);
    expect(conversation.request(request("read"))[0]?.body).toEqual(body(5));
  });

  test("names the request when the kernel is silent", () => {
    const { conversation } = converse(() => []);
    const error = thrownBy(() => conversation.request(request('create veth "veth1"')));
    expect(error).toBeInstanceOf(NetlinkProtocolError);
    expect(error).toMatchObject({
      message: 'Cannot create veth "veth1": no answer from the kernel: temporarily unavailable (EAGAIN)',
      cause: expect.any(Silence),
    });
  });

  test("refuses an answer that is cut off", () => {
    const { conversation } = converse((seen) => [
      [reply(seen, { type: controlTypes.error, body: new Uint8Array(2) })],
    ]);
    expect(() => conversation.request(request("read"))).toThrow(
      new NetlinkProtocolError("Cannot read: answer cut off"),
    );
  });
});

describe("exchange()", () => {
  test("a failure in the middle leaves the others' answers", () => {
    const { kernel, conversation } = converse((seen, earlier) =>
      earlier === 1
        ? [[refuse(seen, { errno: 17 })]]
        : [[reply(seen, { type: 20, body: body(earlier) })], [acknowledge(seen)]],
    );
    const outcomes = conversation.exchange([request("one"), request("two"), request("three")]);
    expect(kernel.requests).toHaveLength(3);
    expect(
      outcomes.map((outcome) => (Array.isArray(outcome) ? outcome[0]?.body[0] : outcome.message)),
    ).toEqual([0, "Cannot two: errno 17", 2]);
  });

  test("requestAll() throws the first failure, after all were answered", () => {
    const { conversation } = converse((seen, earlier) => [
      [earlier === 0 ? acknowledge(seen) : refuse(seen, { errno: earlier })],
    ]);
    expect(() => conversation.requestAll([request("one"), request("two"), request("three")])).toThrow(
      "Cannot two: errno 1",
    );
    expect(() => conversation.request(request("four"))).toThrow("Cannot four: errno 3");
  });

  test("a second acknowledgement does not stand for another request", () => {
    const { conversation } = converse((seen, earlier) =>
      earlier === 0 ? [[acknowledge(seen), acknowledge(seen)]] : [[refuse(seen, { errno: 5 })]],
    );
    const outcomes = conversation.exchange([request("one"), request("two")]);
    expect(outcomes).toEqual([[], expect.any(NetlinkError)]);
  });

  test("silence names the first request that is still open", () => {
    const { conversation } = converse((seen, earlier) => (earlier === 1 ? [] : [[acknowledge(seen)]]));
    expect(() => conversation.exchange([request("one"), request("two"), request("three")])).toThrow(
      "Cannot two: no answer",
    );
  });

  test("nothing to ask is nothing to wait for", () => {
    const { conversation } = converse(() => []);
    expect(conversation.exchange([])).toEqual([]);
  });
});

describe("extended ack", () => {
  // Offsets count from the message header: 16 bytes, then struct ifinfomsg of 16, mtu of 8, then info.
  const cases = [
    { offset: 32, echo: false, attribute: "mtu" },
    { offset: 32, echo: true, attribute: "mtu" },
    { offset: 40, echo: false, attribute: "info" },
    { offset: 44, echo: true, attribute: "info.size" },
    { offset: 52, echo: false, attribute: "info.port" },
    { offset: 16, echo: false, attribute: undefined },
    { offset: 4000, echo: false, attribute: undefined },
  ];
  test.each(cases)(
    "at $offset, request echoed: $echo, is about $attribute",
    ({ offset, echo, attribute }) => {
      const { conversation } = converse((seen) => [
        [refuse(seen, { errno: 34, message: "mtu greater than device maximum", offset, echo })],
      ]);
      const error = thrownBy(() => conversation.request(request("change link")));
      const about = attribute === undefined ? "" : `, at ${attribute}`;
      expect(error).toMatchObject({
        name: "NetlinkError",
        message: `Cannot change link: errno 34: mtu greater than device maximum${about}`,
        request: "change link",
        errno: 34,
        kernelMessage: "mtu greater than device maximum",
        attribute,
      });
    },
  );

  test("is absent where the kernel has nothing to add", () => {
    const { conversation } = converse((seen) => [[refuse(seen, { errno: 19, echo: true })]]);
    expect(thrownBy(() => conversation.request(request("read")))).toMatchObject({
      message: "Cannot read: errno 19",
      kernelMessage: undefined,
      attribute: undefined,
    });
  });
});

describe("dump()", () => {
  const list = (seen: Message): Answer => [
    [entry(seen, { type: 20, body: body(1) }), entry(seen, { type: 20, body: body(2) })],
    [entry(seen, { type: 20, body: body(3) })],
    [done(seen)],
  ];

  test("joins the parts", () => {
    const { kernel, conversation } = converse(list);
    expect(conversation.dump(request("list")).map((message) => message.body[0])).toEqual([1, 2, 3]);
    expect(kernel.requests[0]?.flags).toBe(messageFlags.request | messageFlags.dump);
  });

  test.each([
    { where: "an entry", inEntry: true, inDone: false },
    { where: "the last message", inEntry: false, inDone: true },
  ])("reads again when $where says that a change disturbed it", ({ inEntry, inDone }) => {
    const { kernel, conversation } = converse((seen, earlier) =>
      earlier > 0
        ? list(seen)
        : [
            [entry(seen, { type: 20, body: body(9), interrupted: inEntry })],
            [done(seen, { errno: 0, interrupted: inDone })],
          ],
    );
    expect(conversation.dump(request("list")).map((message) => message.body[0])).toEqual([1, 2, 3]);
    expect(kernel.requests).toHaveLength(2);
  });

  test("gives up on a list that never stands still", () => {
    const { kernel, conversation } = converse((seen) => [[done(seen, { errno: 0, interrupted: true })]]);
    expect(() => conversation.dump(request("list links"))).toThrow(
      new NetlinkProtocolError(
        "Cannot list links: the list changed while it was read, 5 times in a row; try again",
      ),
    );
    expect(kernel.requests).toHaveLength(5);
  });

  test.each([
    { name: "at once", answer: (seen: Message) => [[refuse(seen, { errno: 19 })]] },
    {
      name: "half-way, in NLMSG_DONE",
      answer: (seen: Message) => [[entry(seen, { type: 20, body: body(1) })], [done(seen, { errno: 19 })]],
    },
  ])("throws what the kernel refused $name", ({ answer }) => {
    const { conversation } = converse(answer);
    expect(() => conversation.dump(request("list"))).toThrow("Cannot list: errno 19");
  });

  test("reads the extended ack of NLMSG_DONE", () => {
    const { conversation } = converse((seen) => [
      [done(seen, { errno: 22, message: "Invalid values in header for dump request" })],
    ]);
    expect(() => conversation.dump(request("list"))).toThrow(
      "Cannot list: errno 22: Invalid values in header for dump request",
    );
  });

  test("skips what an earlier dump left behind", () => {
    const { conversation } = converse((seen) => [
      [{ ...entry(seen, { type: 20, body: body(9) }), sequence: seen.sequence + 1 }],
      [{ ...done(seen), sequence: seen.sequence + 1 }],
      ...list(seen),
    ]);
    expect(conversation.dump(request("list")).map((message) => message.body[0])).toEqual([1, 2, 3]);
  });

  test("names the request when the kernel falls silent", () => {
    const { conversation } = converse((seen) => list(seen).slice(0, 2));
    expect(() => conversation.dump(request("list links"))).toThrow(
      "Cannot list links: no answer from the kernel",
    );
  });
});

test("closing the conversation closes the transport", () => {
  const { kernel, conversation } = converse(() => []);
  conversation[Symbol.dispose]();
  expect(kernel.closed).toBe(true);
});
