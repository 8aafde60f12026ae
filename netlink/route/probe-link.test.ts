import { expect, test } from "@jest/globals";
import { messageFlags, type Request } from "../message.ts";
import { layOut } from "./goldens/golden.ts";
import { probeKind, probeVlanFiltering } from "./probe-link.ts";

const text = (value: string) => Buffer.from(`${value}\0`).toString("hex");

const probes: [what: string, request: Request, asks: Record<string, string>][] = [
  ["a kind", probeKind("vlan"), { "18/1": text("vlan") }],
  ["VLAN filtering", probeVlanFiltering(), { "18/1": text("bridge"), "18/2/8": "0800" }],
];

test.each(probes)("a probe of %s asks for a link that no kernel makes", (_what, request, asks) => {
  expect(request.flags).toBe(messageFlags.create | messageFlags.exclusive);
  expect(layOut(request)).toMatchObject({ "3": text("/"), ...asks });
});
