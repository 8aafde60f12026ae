import { describe, expect, test } from "@jest/globals";
import { errorCodes } from "../../cni/error.ts";
import {
  bridgesWithMarks,
  formatMark,
  mayHoldMarks,
  orphansOf,
  readMark,
  switchAlias,
  type Mark,
  type UplinkMark,
} from "./switch-marks.ts";

const uplink: UplinkMark = { kind: "uplink", bridge: "br0", wasDown: false, moved: undefined, alias: "" };

const marks: { text: string; mark: Mark }[] = [
  { text: "trestle gateway of br0", mark: { kind: "gateway", bridge: "br0", wasMember: false } },
  { text: "trestle gateway of br0 was-member", mark: { kind: "gateway", bridge: "br0", wasMember: true } },
  {
    text: "trestle subinterface of br-10.x",
    mark: { kind: "subinterface", bridge: "br-10.x", wasDown: false },
  },
  {
    text: "trestle subinterface of br0 was-down",
    mark: { kind: "subinterface", bridge: "br0", wasDown: true },
  },
  { text: "trestle uplink of br0", mark: uplink },
  { text: "trestle uplink of br0 was-down", mark: { ...uplink, wasDown: true } },
  { text: "trestle uplink of br0 moved=0,2,-", mark: { ...uplink, moved: ["0", "2", "-"] } },
  {
    text: "trestle uplink of br0 was-down moved=1,0,1 alias moved=0,0,0",
    mark: { ...uplink, wasDown: true, moved: ["1", "0", "1"], alias: "moved=0,0,0" },
  },
  { text: "trestle uplink of br0 alias to the switch", mark: { ...uplink, alias: "to the switch" } },
  {
    text: "trestle uplink of br0 was-down alias  alias x\n was-down",
    mark: { ...uplink, wasDown: true, alias: " alias x\n was-down" },
  },
  { text: "trestle uplink of br0 alias ÄÖ🙂", mark: { ...uplink, alias: "ÄÖ🙂" } },
];

describe("marks", () => {
  test.each(marks)("$text", ({ text, mark }) => {
    expect(formatMark(mark)).toBe(text);
    expect(readMark(text)).toEqual(mark);
  });

  test.each([
    undefined,
    "",
    switchAlias,
    "uplink of br0",
    "trestle",
    "trestle gateway of ",
    "trestle gateway of br0 ",
    " trestle gateway of br0",
    "Trestle gateway of br0",
    "trestle  gateway of br0",
    "trestle gateway of br0\n",
    "trestle gateway of br0 was-down",
    "trestle gateway of br0 alias x",
    "trestle subinterface of br0 moved=0,0,0",
    "trestle subinterface of br0 alias x",
    "trestle uplink of br0 was-member",
    "trestle uplink of br0 alias ",
    "trestle uplink of br0 alias",
    "trestle uplink of br0 was-downalias x",
    "trestle uplink of br0 was-down was-down",
    "trestle uplink of br0 moved=",
    "trestle uplink of br0 moved=0,0",
    "trestle uplink of br0 moved=0,0,3",
    "trestle uplink of br0 moved=0,0,0,0",
    "trestle uplink of br0 moved=0,0,0 was-down",
    "trestle uplink of a/b",
    "trestle uplink of abcdefghijklmnop",
    "trestle uplink of br0\u0000",
    "trestle switch of br0",
    "net container eth0",
  ])("is none: %j", (text) => {
    expect(readMark(text)).toBeUndefined();
  });

  test.each([
    { what: "as long as there is room", alias: "x".repeat(226) },
    { what: "in characters of several bytes", alias: "ä".repeat(113) },
  ])("keep an alias $what", ({ alias }) => {
    const text = formatMark({ ...uplink, alias });
    expect(Buffer.byteLength(text)).toBe(254);
    expect(readMark(text)).toEqual({ ...uplink, alias });
  });

  test.each([
    { what: "one byte longer", alias: "x".repeat(227), says: "too long" },
    { what: "that is no UTF-8", alias: "a\ufffd", says: "UTF-8" },
  ])("refuse an alias $what", ({ alias, says }) => {
    const refusal = { code: errorCodes.invalidConfiguration, message: expect.stringContaining(says) };
    expect(() => formatMark({ ...uplink, alias })).toThrow(expect.objectContaining(refusal));
  });

  test("tell which bridges have something with one", () => {
    const links = [
      { index: 1, alias: "trestle switch" },
      { index: 2, alias: "trestle gateway of br0", link: 20, master: 99 },
      { index: 3, alias: "trestle uplink of br1", link: 99, master: 30 },
      { index: 4, alias: "trestle subinterface of br1", link: 99, master: 30 },
      { index: 5, alias: "trestle uplink of br2" },
      { index: 6, alias: "net one eth0", master: 60 },
      { index: 7 },
    ];
    expect([...bridgesWithMarks(links)]).toEqual([1, 20, 30]);
  });

  test("may be on what a bridge with any alias has", () => {
    expect([undefined, "", switchAlias, "office"].map(mayHoldMarks)).toEqual([false, false, true, true]);
  });
});

test("orphansOf() finds what joined a bridge that is gone", () => {
  const links = [
    { index: 1, name: "br0", alias: switchAlias },
    { index: 9, name: "anew" },
    { index: 2, name: "a", alias: "trestle uplink of br0", master: 1 },
    { index: 3, name: "b", alias: "trestle uplink of br0" },
    { index: 4, name: "c", alias: "trestle uplink of br9" },
    { index: 5, name: "d", alias: "trestle subinterface of br9" },
    { index: 6, name: "e", alias: "trestle subinterface of br9", master: 1 },
    { index: 7, name: "f", alias: "trestle gateway of br9" },
    { index: 8, name: "g", alias: "br9" },
    { index: 10, name: "h", alias: "trestle uplink of anew" },
  ];
  expect(orphansOf(links).map(({ name }) => name)).toEqual(["c", "d", "h"]);
});
