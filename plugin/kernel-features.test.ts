import { describe, expect, test } from "@jest/globals";
import { Conversation } from "../netlink/conversation.ts";
import { FakeKernel, refuse } from "../netlink/fake-kernel.ts";
import { errno } from "../sys/errno.ts";
import { lacksKind, lacksVlanFiltering } from "./kernel-features.ts";

function refusing(code: number): Conversation {
  return new Conversation(new FakeKernel((request) => [[refuse(request, { errno: code })]]), String);
}

describe("what the kernel refuses a probe with", () => {
  test.each([
    { code: errno.EOPNOTSUPP, lacks: true },
    { code: errno.EINVAL, lacks: false },
    { code: errno.EADDRNOTAVAIL, lacks: false },
    { code: errno.EPERM, lacks: false },
  ])("tells of a kind of links with errno $code that it is missing: $lacks", ({ code, lacks }) => {
    expect(lacksKind(refusing(code), "macvlan")).toBe(lacks);
  });

  test.each([
    { code: errno.EPROTONOSUPPORT, lacks: false },
    { code: errno.EINVAL, lacks: true },
    { code: errno.EPERM, lacks: false },
  ])("tells of VLAN filtering with errno $code that it is missing: $lacks", ({ code, lacks }) => {
    expect(lacksVlanFiltering(refusing(code))).toBe(lacks);
  });
});
