import { describe, expect, test } from "@jest/globals";
import { MemoryFiles } from "./memory-files.ts";
import { parseResolvConf, readDns } from "./resolv-conf.ts";

describe("parseResolvConf()", () => {
  test.each([
    [
      "\n\t\tnameserver 192.0.2.0\n\t\tnameserver 192.0.2.1\n\t\t",
      { nameservers: ["192.0.2.0", "192.0.2.1"] },
    ],
    ["\nnameserver 192.0.2.0\n;nameserver 192.0.2.1\n", { nameservers: ["192.0.2.0"] }],
    [
      `
nameserver 192.0.2.0
nameserver 192.0.2.2
domain example.com
;nameserver comment
#nameserver comment
  # nameserver comment
search example.net example.org
search example.gov
options one two three
options four
`,
      {
        nameservers: ["192.0.2.0", "192.0.2.2"],
        domain: "example.com",
        search: ["example.net", "example.org", "example.gov"],
        options: ["one", "two", "three", "four"],
      },
    ],
    ["nameserver\noptions\nsortlist 10.0.0.0\r\nnameserver 10.0.0.1\r\n", { nameservers: ["10.0.0.1"] }],
    ["", {}],
  ])("reads %j", (text, dns) => {
    expect(parseResolvConf(text)).toEqual(dns);
  });
});

describe("readDns()", () => {
  test("reads the file", () => {
    const files = new MemoryFiles();
    files.put("/etc/resolv.conf", "nameserver 192.0.2.53\n");
    expect(readDns(files, "/etc/resolv.conf")).toEqual({ nameservers: ["192.0.2.53"] });
  });

  test("reads nothing without a path", () => {
    const files = new MemoryFiles();
    expect(readDns(files, "")).toEqual({});
    expect(files.calls).toEqual([]);
  });

  test("names the key when the file is missing", () => {
    expect(() => readDns(new MemoryFiles(), "/none")).toThrow(
      'Cannot read "/none", the "resolvConf" of "ipam": open',
    );
  });
});
