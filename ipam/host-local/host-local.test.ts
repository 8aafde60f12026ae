import { describe, expect, test } from "@jest/globals";
import { formatResult, type Result } from "../../cni/result.ts";
import { versions } from "../../cni/version.ts";
import { formatAddress } from "../../inet/address.ts";
import { formatPrefix } from "../../inet/prefix.ts";
import { errno } from "./file-failure.ts";
import { createHostLocal } from "./host-local.ts";
import { MemoryFiles, type Entry } from "./memory-files.ts";
import { sampleRequest, type RequestTexts } from "./sample-request.ts";

const dataDir = "/var/lib/leases";
const folder = `${dataDir}/net`;
const ipam = { type: "host-local", dataDir, ranges: [[{ subnet: "10.1.2.0/24" }]] };
const small = { ...ipam, ranges: [[{ subnet: "10.1.2.0/30" }]] };
const dual = {
  ...ipam,
  ranges: [[{ subnet: "10.1.2.0/24" }, { subnet: "10.2.2.0/24" }], [{ subnet: "2001:db8:1::0/64" }]],
};

function setUp(entries: Record<string, string> = {}) {
  const files = new MemoryFiles();
  const plugin = createHostLocal(files);
  for (const [name, text] of Object.entries(entries)) {
    files.putFolders(folder);
    files.put(`${folder}/${name}`, text);
  }
  const request = (texts: RequestTexts) => sampleRequest({ ipam, ...texts });
  return {
    files,
    add: (texts: RequestTexts = {}) => plugin.add(request(texts)),
    del: (texts: RequestTexts = {}) => plugin.del(request({ command: "DEL", ...texts })),
    check: (texts: RequestTexts = {}) => plugin.check(request({ command: "CHECK", ...texts })),
    gc: (texts: RequestTexts = {}) => plugin.gc(request({ command: "GC", ...texts })),
    status: (texts: RequestTexts = {}) => plugin.status(request({ command: "STATUS", ...texts })),
    /** Leases by address, without lock and last reserved addresses. */
    leases: () => {
      const all = Object.entries(files.list(folder));
      return Object.fromEntries(all.filter(([name]) => name !== "lock" && !name.startsWith("last")));
    },
  };
}

const addressesOf = (result: Result) => result.ips.map(({ address }) => formatPrefix(address));
const gatewaysOf = (result: Result) =>
  result.ips.map(({ gateway }) => (gateway === undefined ? "none" : formatAddress(gateway)));

describe("ADD", () => {
  test("leases one address of each set, in the reference's files", async () => {
    const { files, add } = setUp();
    const routes = [
      { dst: "0.0.0.0/0" },
      { dst: "::/0" },
      { dst: "192.168.0.0/16", gw: "1.1.1.1" },
      { dst: "2001:db8:2::0/64", gw: "2001:db8:3::1" },
    ];
    const result = await add({ ipam: { ...dual, routes } });
    expect(addressesOf(result)).toEqual(["10.1.2.2/24", "2001:db8:1::2/64"]);
    expect(gatewaysOf(result)).toEqual(["10.1.2.1", "2001:db8:1::1"]);
    expect(result.routes.map(({ dst }) => formatPrefix(dst))).toEqual([
      "0.0.0.0/0",
      "::/0",
      "192.168.0.0/16",
      "2001:db8:2::/64",
    ]);
    expect(files.list(folder)).toEqual({
      "10.1.2.2": "dummy\r\neth0",
      "2001:db8:1::2": "dummy\r\neth0",
      "last_reserved_ip.0": "10.1.2.2",
      "last_reserved_ip.1": "2001:db8:1::2",
      lock: "",
    });
    expect(files.entries.get(folder)).toMatchObject({ mode: 0o755 });
    expect(files.entries.get(`${folder}/10.1.2.2`)).toMatchObject({ mode: 0o600 });
    expect(files.entries.get(`${folder}/last_reserved_ip.0`)).toMatchObject({ mode: 0o600 });
    expect(files.entries.get(`${folder}/lock`)).toMatchObject({ mode: 0o750 });
  });

  test("holds the lock over all files and leaves it and every folder", async () => {
    const { files, add } = setUp();
    await add({ ipam: dual });
    const lock = files.calls.indexOf("lock lock");
    const first = files.calls.findIndex((call) => /^(names|read|createWhole|replace)/.test(call));
    expect(lock).toBeGreaterThan(0);
    expect(lock).toBeLessThan(first);
    expect(files.calls.filter((call) => call.startsWith("lock"))).toHaveLength(1);
    expect([files.locksHeld, files.openFolders]).toEqual([0, 0]);
  });

  test("reads the names once and each lease once", async () => {
    const { files, add } = setUp({
      "10.1.2.2": "a\r\neth0",
      "10.1.2.3": "b\r\neth0",
      "2001:db8:1::2": "a\r\neth0",
    });
    await add({ ipam: dual });
    expect(files.calls.filter((call) => call === "names")).toHaveLength(1);
    const reads = files.calls.filter((call) => call.startsWith("read "));
    expect(reads).toHaveLength(3);
    expect(new Set(reads).size).toBe(reads.length);
  });

  test("takes dns from resolvConf", async () => {
    const { files, add } = setUp();
    files.put("/etc/resolv.conf", "nameserver 192.0.2.3\nsearch example.net\n");
    const result = await add({ ipam: { ...ipam, resolvConf: "/etc/resolv.conf" } });
    expect(result.dns).toEqual({ nameservers: ["192.0.2.3"], search: ["example.net"] });
  });

  test("leases nothing when resolvConf is missing", async () => {
    const { files, add } = setUp();
    await expect(add({ ipam: { ...ipam, resolvConf: "/none" } })).rejects.toMatchObject({ code: 5 });
    expect(files.entries.has(dataDir)).toBe(false);
  });

  test.each(versions)("answers in the shape of %s", async (version) => {
    const { add } = setUp();
    const document: unknown = JSON.parse(formatResult(await add({ version }), version));
    const old = version === "0.1.0" || version === "0.2.0";
    const ip = { address: "10.1.2.2/24", gateway: "10.1.2.1" };
    const middle = version.startsWith("0.");
    expect(document).toMatchObject(
      old
        ? { ip4: { ip: "10.1.2.2/24", gateway: "10.1.2.1" } }
        : { ips: [middle ? { version: "4", ...ip } : ip] },
    );
  });

  test("refuses a second ADD and serves others meanwhile", async () => {
    const { add, leases } = setUp();
    await add();
    const duplicate = {
      code: 102,
      message:
        "failed to allocate for range 0: 10.1.2.2 has been allocated to dummy, duplicate allocation is not allowed",
    };
    await expect(add()).rejects.toMatchObject(duplicate);
    expect(addressesOf(await add({ containerId: "dummy1" }))).toEqual(["10.1.2.3/24"]);
    await expect(add()).rejects.toMatchObject(duplicate);
    expect(Object.keys(leases())).toEqual(["10.1.2.2", "10.1.2.3"]);
  });

  test("refuses a second address to the owner of a one-line lease", async () => {
    const { add } = setUp({ "10.1.2.7": "dummy" });
    await expect(add()).rejects.toMatchObject({ code: 102 });
  });

  test("keeps interfaces and networks apart", async () => {
    const { files, add } = setUp();
    expect(addressesOf(await add())).toEqual(["10.1.2.2/24"]);
    expect(addressesOf(await add({ ifname: "eth1" }))).toEqual(["10.1.2.3/24"]);
    expect(addressesOf(await add({ network: "other" }))).toEqual(["10.1.2.2/24"]);
    expect(files.list(`${dataDir}/other`)).toMatchObject({ "10.1.2.2": "dummy\r\neth0" });
  });

  test("goes on behind the address that was leased last, freed or not", async () => {
    const { add, del } = setUp();
    await add();
    await del();
    expect(addressesOf(await add())).toEqual(["10.1.2.3/24"]);
  });

  test.each(["", "not an address", "10.9.9.9", "2001:db8::1"])(
    "starts over when the last reserved address is %j",
    async (text) => {
      const { add } = setUp({ "last_reserved_ip.0": text });
      expect(addressesOf(await add())).toEqual(["10.1.2.2/24"]);
    },
  );

  test.each<[string, RequestTexts, string[]]>([
    ["args.cni", { more: { args: { cni: { ips: ["10.1.2.88"] } } } }, ["10.1.2.88/24", "2001:db8:1::2/64"]],
    [
      "args.cni for two sets",
      { more: { args: { cni: { ips: ["10.2.2.88", "2001:db8:1::999"] } } } },
      ["10.2.2.88/24", "2001:db8:1::999/64"],
    ],
    ["CNI_ARGS", { args: "IP=2001:db8:1::5/64" }, ["10.1.2.2/24", "2001:db8:1::5/64"]],
    [
      "CNI_ARGS and runtimeConfig",
      { args: "IP=10.1.2.9", more: { runtimeConfig: { ips: ["2001:db8:1::9/64"] } } },
      ["10.1.2.9/24", "2001:db8:1::9/64"],
    ],
  ])("leases what is requested by %s", async (_source, texts, expected) => {
    const { add } = setUp();
    expect(addressesOf(await add({ ipam: dual, ...texts }))).toEqual(expected);
  });

  test.each<[string, RequestTexts, Record<string, string>, object]>([
    [
      "two requested addresses of one set",
      { more: { args: { cni: { ips: ["10.1.2.88", "10.1.2.77"] } } } },
      {},
      { code: 102, message: "failed to allocate all requested IPs: 10.1.2.77" },
    ],
    [
      "a requested address that is taken",
      { args: "IP=10.1.2.5" },
      { "10.1.2.5": "other\r\neth0" },
      { code: 102, details: "it is held by container other, interface eth0" },
    ],
    [
      "a requested address that an old lease holds",
      { args: "IP=10.1.2.5" },
      { "10.1.2.5": "other" },
      { code: 102, details: "it is held by container other" },
    ],
    ["the gateway", { args: "IP=10.1.2.1" }, {}, { code: 102 }],
    [
      "an exhausted range",
      { ipam: small },
      { "10.1.2.2": "other\r\neth0" },
      {
        code: 101,
        message: "failed to allocate for range 0: no IP addresses available in range set: 10.1.2.1-10.1.2.2",
      },
    ],
    [
      "a second set that is exhausted",
      { ipam: { ...ipam, ranges: [[{ subnet: "10.5.0.0/24" }], ...small.ranges] } },
      { "10.1.2.2": "other\r\neth0", "10.9.0.9": "dummy\r\neth0" },
      { code: 101 },
    ],
    [
      "two addresses for 0.2.0",
      { version: "0.2.0", ipam: { ...ipam, ranges: [...ipam.ranges, [{ subnet: "10.5.0.0/24" }]] } },
      {},
      { code: 7, message: "CNI version 0.2.0 does not support more than 1 address per family" },
    ],
  ])("refuses %s and changes no lease", async (_what, texts, entries, fault) => {
    const { files, add, leases } = setUp(entries);
    await expect(add(texts)).rejects.toMatchObject(fault);
    expect(leases()).toEqual(entries);
    expect(Object.keys(files.list(folder)).filter((name) => name.startsWith("last"))).toEqual([]);
    expect([files.locksHeld, files.openFolders]).toEqual([0, 0]);
  });

  test.each(["", "\0\0\0\0\0\0\0", "\r\n", " \n"])("replaces a lease that names nobody: %j", async (text) => {
    const { add, leases } = setUp({ "10.1.2.2": text });
    expect(addressesOf(await add({ ipam: small }))).toEqual(["10.1.2.2/30"]);
    expect(leases()).toEqual({ "10.1.2.2": "dummy\r\neth0" });
  });

  test("says to try again when the lock stays taken", async () => {
    const { files, add } = setUp();
    files.lockedByAnother = true;
    await expect(add()).rejects.toMatchObject({
      code: 11,
      message: `the lock ${folder}/lock was held by another process for 30 s`,
    });
    expect(files.list(folder)).toEqual({});
  });

  test("says to try again when a process without the lock came in between", async () => {
    const { files, add } = setUp({ "10.1.2.9": "x\r\neth0" });
    const names = files.list.bind(files);
    files.list = (path) => {
      const listed = names(path);
      files.put(`${folder}/10.1.2.2`, "sneaky\r\neth0");
      return listed;
    };
    await expect(add()).rejects.toMatchObject({ code: 11, message: expect.stringContaining("10.1.2.2") });
  });

  test("skips what is not a lease where one is expected", async () => {
    const { files, add } = setUp();
    files.putFolders(`${folder}/10.1.2.2`);
    files.entries.set(`${folder}/10.1.2.3`, { kind: "link", to: "/etc/passwd" });
    files.entries.set(`${folder}/last_reserved_ip.0`, { kind: "link", to: "/etc/passwd" });
    expect(addressesOf(await add())).toEqual(["10.1.2.4/24"]);
    await expect(add({ containerId: "b", args: "IP=10.1.2.3" })).rejects.toMatchObject({
      code: 102,
      details: `it is held by ${folder}/10.1.2.3, which is not a file`,
    });
    expect(files.list(folder)).toMatchObject({ "10.1.2.2": "(folder)", "10.1.2.3": "(link)" });
  });

  const failures: [string, number, string][] = [
    ["openFolder", errno.EACCES, "must run as root"],
    ["openFolder", errno.ENOTDIR, "replace it by a folder"],
    ["makeFolders", errno.EROFS, "make it writable"],
    ["makeFolder", errno.ENOSPC, "free some space"],
    ["folder", errno.ELOOP, "symbolic links inside the data folder are not followed"],
    ["lock", errno.EROFS, "make it writable"],
    ["lock", errno.EISDIR, "remove it"],
    ["createWhole", errno.ENOSPC, "free some space"],
    ["replace", errno.EDQUOT, "raise the quota"],
  ];
  test.each(failures)("explains a failed %s (errno %d)", async (call, value, remedy) => {
    const rehearsal = setUp();
    await rehearsal.add();
    const { files, add, leases } = setUp();
    const at = rehearsal.files.calls.findIndex((name) => name.startsWith(`${call} `));
    files.failure = { at, errno: value };
    await expect(add()).rejects.toMatchObject({
      code: 5,
      message: expect.stringContaining(`Cannot lease an address in "${folder}": ${call}`),
      details: expect.stringContaining(remedy),
    });
    expect(leases()).toEqual({});
  });
});

describe("ADD when the n-th call fails", () => {
  const before = { "10.1.2.2": "dummy\r\neth1", "10.1.2.3": "", "10.9.9.9": "dummy\r\neth0" };

  test("leaves every lease as it was, for every n", async () => {
    const rehearsal = setUp(before);
    await rehearsal.add({ ipam: dual });
    const count = rehearsal.files.calls.length;
    expect(count).toBeGreaterThan(10);
    for (let at = 0; at < count; at++) {
      const { files, add, leases } = setUp(before);
      files.failure = { at, errno: errno.ENOSPC };
      await expect(add({ ipam: dual })).rejects.toMatchObject({ code: 5 });
      const { "10.1.2.3": torn = "", ...others } = leases();
      const { "10.1.2.3": _, ...kept } = before;
      expect([others, torn]).toEqual([kept, ""]);
      expect([files.locksHeld, files.openFolders]).toEqual([0, 0]);
    }
  });

  test("reports the first failure when giving back fails too, and DEL clears up", async () => {
    const { files, add, del, leases } = setUp();
    const rehearsal = setUp();
    await rehearsal.add();
    files.failure = { at: rehearsal.files.calls.indexOf("replace last_reserved_ip.0"), errno: errno.EROFS };
    const folderOf = files.opened.bind(files);
    files.opened = (path) => {
      const opened = folderOf(path);
      opened.remove = () => {
        throw new Error("the second failure");
      };
      return opened;
    };
    await expect(add()).rejects.toMatchObject({ code: 5, message: expect.stringContaining("replace") });
    expect(leases()).toEqual({ "10.1.2.2": "dummy\r\neth0" });
    files.opened = folderOf;
    files.failure = undefined;
    await del();
    expect(leases()).toEqual({});
  });
});

describe("DEL", () => {
  test("releases the addresses of all sets and nobody else's", async () => {
    const { add, del, leases } = setUp();
    await add({ ipam: dual });
    await add({ ipam: dual, ifname: "eth1" });
    await add({ ipam: dual, containerId: "other" });
    await del({ ipam: dual });
    expect(leases()).toEqual({
      "10.1.2.3": "dummy\r\neth1",
      "2001:db8:1::3": "dummy\r\neth1",
      "10.1.2.4": "other\r\neth0",
      "2001:db8:1::4": "other\r\neth0",
    });
  });

  test.each<[string, RequestTexts]>([
    ["an unknown container", { containerId: "unknown" }],
    ["an unknown interface", { ifname: "eth9" }],
    ["another network", { network: "other" }],
  ])("passes over %s", async (_what, texts) => {
    const { del, leases } = setUp({ "10.1.2.2": "dummy\r\neth0" });
    await del(texts);
    expect(leases()).toEqual({ "10.1.2.2": "dummy\r\neth0" });
  });

  test("makes no folders", async () => {
    const { files, del } = setUp();
    await del();
    files.putFolders(dataDir);
    await del();
    expect([...files.entries.keys()]).not.toContain(folder);
    expect(files.openFolders).toBe(0);
  });

  test.each<[string, RequestTexts]>([
    ["no ranges", { ipam: { dataDir } }],
    ["invalid ranges", { ipam: { dataDir, ranges: [[{ subnet: "10.1.2.0/31" }]] } }],
    ["ranges of the wrong type", { ipam: { dataDir, ranges: "all" } }],
    ["other ranges than at ADD", { ipam: { dataDir, subnet: "10.99.0.0/16" } }],
    ["unknown CNI_ARGS", { args: "FOO=BAR" }],
    ["broken CNI_ARGS", { args: ";;=" }],
    ["a resolvConf that has gone", { ipam: { ...ipam, resolvConf: "/none" } }],
  ])("releases with %s", async (_what, texts) => {
    const { del, leases } = setUp({ "10.1.2.2": "dummy\r\neth0" });
    await del(texts);
    expect(leases()).toEqual({});
  });

  test.each([
    ["one line", { "10.1.2.2": "dummy" }, {}],
    ["white space around it", { "10.1.2.2": " dummy\r\neth0\n" }, {}],
    [
      "one line where there is a proper lease too",
      { "10.1.2.2": "dummy", "10.1.2.3": "dummy\r\neth0" },
      { "10.1.2.2": "dummy" },
    ],
    ["an address of no range of ours", { "172.16.0.9": "dummy\r\neth0" }, {}],
    ["a name that is no address", { "notes.txt": "dummy\r\neth0" }, { "notes.txt": "dummy\r\neth0" }],
  ])("knows a lease with %s", async (_what, entries, left) => {
    const { del, leases } = setUp(entries);
    await del();
    expect(leases()).toEqual(left);
  });

  test("never takes a last reserved address for a lease", async () => {
    const { files, del } = setUp({ "last_reserved_ip.0": "10.1.2.2" });
    await del({ containerId: "10.1.2.2" });
    expect(files.list(folder)).toMatchObject({ "last_reserved_ip.0": "10.1.2.2" });
  });

  test("follows no link", async () => {
    const { files, del } = setUp();
    files.putFolders(folder);
    files.entries.set(`${folder}/10.1.2.2`, { kind: "link", to: `${folder}/10.1.2.3` });
    files.put(`${folder}/10.1.2.3`, "dummy\r\neth0");
    await del();
    expect(files.list(folder)).toEqual({ "10.1.2.2": "(link)", lock: "" });
  });

  test("goes on past a lease that cannot be read, then reports it", async () => {
    const entries = { "10.1.2.2": "dummy\r\neth0", "10.1.2.3": "other\r\neth0", "10.1.2.4": "dummy\r\neth0" };
    const { files, del, leases } = setUp(entries);
    const at = 4; // openFolder, folder, lock, names, then the first read
    files.failure = { at, errno: errno.EACCES };
    await expect(del()).rejects.toMatchObject({ code: 5, message: expect.stringContaining("read 10.1.2.2") });
    expect(leases()).toEqual({ "10.1.2.2": "dummy\r\neth0", "10.1.2.3": "other\r\neth0" });
  });

  test("says to try again when the lock stays taken", async () => {
    const { files, del } = setUp({ "10.1.2.2": "dummy\r\neth0" });
    files.lockedByAnother = true;
    await expect(del()).rejects.toMatchObject({ code: 11 });
  });
});

describe("CHECK", () => {
  const prevResult = (...addresses: string[]) => ({
    more: { prevResult: { cniVersion: "1.1.0", ips: addresses.map((address) => ({ address })) } },
  });
  const entries = { "10.1.2.2": "dummy\r\neth0", "10.1.2.3": "other\r\neth0", "10.1.2.4": "dummy\r\neth1" };

  test.each<[string, Record<string, string>, RequestTexts]>([
    ["the lease of prevResult", entries, prevResult("10.1.2.2/24")],
    ["addresses of other plugins", entries, prevResult("10.1.2.2/24", "172.16.0.1/16")],
    ["no prevResult", entries, {}],
    ["a one-line lease", { "10.1.2.2": "dummy" }, prevResult("10.1.2.2/24")],
  ])("accepts %s", async (_what, leased, texts) => {
    const { files, check } = setUp(leased);
    await expect(check(texts)).resolves.toBeUndefined();
    expect(files.calls.some((call) => /^(lock|make|create|replace|remove)/.test(call))).toBe(false);
    expect(files.openFolders).toBe(0);
  });

  const missing = "host-local: Failed to find address added by container dummy";
  test.each<[string, Record<string, string>, RequestTexts, string]>([
    ["no folder", {}, prevResult("10.1.2.2/24"), missing],
    ["no lease", { "10.1.2.2": "other\r\neth0" }, prevResult("10.1.2.2/24"), missing],
    ["a lease of another interface", { "10.1.2.2": "dummy\r\neth1" }, prevResult("10.1.2.2/24"), missing],
    [
      "a lease of another address",
      entries,
      prevResult("10.1.2.3/24"),
      "host-local: 10.1.2.3 not leased to container dummy, interface eth0, which has 10.1.2.2",
    ],
    [
      "one lease of two",
      entries,
      { ipam: dual, ...prevResult("10.1.2.2/24", "2001:db8:1::2/64") },
      "host-local: 2001:db8:1::2 not leased to container dummy, interface eth0, which has 10.1.2.2",
    ],
  ])("refuses %s", async (_what, leased, texts, message) => {
    const { check } = setUp(leased);
    await expect(check(texts)).rejects.toMatchObject({ code: 107, message });
  });
});

describe("GC", () => {
  const entries = {
    "10.1.2.2": "a\r\neth0",
    "10.1.2.3": "a\r\neth1",
    "10.1.2.4": "b\r\neth0",
    "10.1.2.5": "old",
    "10.1.2.6": "",
    "172.16.0.1": "c\r\neth0",
    "notes.txt": "c\r\neth0",
    "last_reserved_ip.0": "10.1.2.5",
  };
  const keep = (key: string, ...attachments: [containerID: string, ifname: string][]) => ({
    more: { [key]: attachments.map(([containerID, ifname]) => ({ containerID, ifname })) },
  });
  const always = ["last_reserved_ip.0", "notes.txt"];

  test.each<[string, RequestTexts, string[]]>([
    ["one of a container's", keep("cni.dev/valid-attachments", ["a", "eth1"]), ["10.1.2.3"]],
    [
      "a one-line lease",
      keep("cni.dev/valid-attachments", ["old", "eth0"], ["b", "eth0"]),
      ["10.1.2.4", "10.1.2.5"],
    ],
    ["nothing", keep("cni.dev/valid-attachments"), []],
    ["by the old key", keep("cni.dev/attachments", ["a", "eth0"]), ["10.1.2.2"]],
  ])("keeps %s", async (_what, texts, kept) => {
    const { files, gc } = setUp(entries);
    await gc(texts);
    const left = Object.keys(files.list(folder)).filter((name) => name !== "lock");
    expect(left.toSorted()).toEqual([...kept, ...always].toSorted());
    expect(files.calls.filter((call) => call.startsWith("lock"))).toHaveLength(1);
  });

  test("does nothing without a list", async () => {
    const { files, gc } = setUp(entries);
    await gc();
    expect(files.calls).toEqual([]);
  });

  test("leaves other networks alone and makes no folders", async () => {
    const { files, gc } = setUp(entries);
    await gc({ network: "other", ...keep("cni.dev/valid-attachments") });
    expect(files.list(folder)).toEqual(entries);
    expect(files.entries.has(`${dataDir}/other`)).toBe(false);
  });
});

describe("STATUS", () => {
  const lease = { "10.1.2.9": "other\r\neth0" };

  test.each<[string, (files: MemoryFiles) => void]>([
    ["on a fresh host", () => undefined],
    ["without the data folder", (files) => files.putFolders("/var/lib")],
    ["without the network's folder", (files) => files.putFolders(dataDir)],
    ["without the lock", (files) => files.putFolders(folder)],
    ["beside leases", (files) => (files.putFolders(folder), files.put(`${folder}/lock`, ""))],
  ])("is silent when an ADD can be served, and changes nothing: %s", async (_where, prepare) => {
    const { files, status } = setUp();
    prepare(files);
    const before = new Map(files.entries);
    await expect(status()).resolves.toBeUndefined();
    expect(files.entries).toEqual(before);
    expect([files.locksHeld, files.openFolders]).toEqual([0, 0]);
  });

  test("finds where an ADD would make its folders, from a data folder of any form", async () => {
    for (const path of ["/", "/leases", "/var/lib//leases/", "leases", "some/leases"]) {
      const { files, status } = setUp();
      files.putFolders("/var/lib");
      files.entries.set(".", { kind: "folder", mode: 0o755 });
      const before = new Map(files.entries);
      await expect(status({ ipam: { ...ipam, dataDir: path } })).resolves.toBeUndefined();
      expect(files.entries).toEqual(before);
    }
  });

  test.each<[string, string, number]>([
    ["openFolder /var", "the folder above", errno.EACCES],
    ["folder lib", "what is missing in it", errno.ENOTDIR],
    ["demandWritable", "writing there", errno.EROFS],
    ["demandWritable", "writing there", errno.ENOSPC],
  ])(
    "is not available where an ADD must make folders and %s fails (%s, errno %d)",
    async (call, _, value) => {
      const freshHost = () => {
        const { files, status } = setUp();
        files.putFolders("/var");
        return { files, status };
      };
      const rehearsal = freshHost();
      await rehearsal.status();
      const at = rehearsal.files.calls.indexOf(call);
      expect(at).toBeGreaterThan(0);
      const { files, status } = freshHost();
      files.failure = { at, errno: value };
      await expect(status()).rejects.toMatchObject({
        code: 50,
        message: expect.stringContaining(`Cannot lease addresses in "${folder}": ${call}`),
        details: expect.any(String),
      });
      expect(files.openFolders).toBe(0);
    },
  );

  test.each([dataDir, "/var/lib"])("is not available when %s is a link to nowhere", async (path) => {
    const { files, status } = setUp();
    files.putFolders("/var");
    if (path === dataDir) files.putFolders("/var/lib");
    files.entries.set(path, { kind: "link", to: "/nowhere" });
    await expect(status()).rejects.toMatchObject({
      code: 50,
      details: expect.stringContaining("may not be a symbolic link"),
    });
  });

  test("follows links to the data folder, and none inside it", async () => {
    const { files, status } = setUp();
    files.putFolders("/mnt/leases/other");
    files.putFolders("/var/lib");
    files.entries.set(dataDir, { kind: "link", to: "/mnt/leases" });
    await expect(status()).resolves.toBeUndefined();
    files.entries.set("/mnt/leases/net", { kind: "link", to: "/mnt/leases/other" });
    await expect(status()).rejects.toMatchObject({ code: 50 });
  });

  test("is not available when a plain file is where a folder must be", async () => {
    const { files, status } = setUp();
    files.putFolders("/var");
    files.put("/var/lib", "plain");
    await expect(status()).rejects.toMatchObject({
      code: 50,
      details: expect.stringContaining("replace it by a folder"),
    });
  });

  test("is not available on a fresh host when a set holds nothing but gateways", async () => {
    const { status } = setUp();
    const range = { subnet: "10.1.2.0/24", rangeStart: "10.1.2.1", rangeEnd: "10.1.2.1" };
    await expect(status({ ipam: { ...ipam, ranges: [[range]] } })).rejects.toMatchObject({
      code: 50,
      message: "no IP addresses available in range set: 10.1.2.1-10.1.2.1",
    });
  });

  test.each<[string, Entry, string]>([
    ["folder", { kind: "folder", mode: 0o755 }, "remove it"],
    ["link", { kind: "link", to: "/etc/passwd" }, "symbolic links"],
  ])("is not available when the lock is a %s", async (_kind, entry, remedy) => {
    const { files, status } = setUp(lease);
    files.entries.set(`${folder}/lock`, entry);
    await expect(status()).rejects.toMatchObject({ code: 50, details: expect.stringContaining(remedy) });
    expect(files.openFolders).toBe(0);
  });

  test("waits for no lock, and takes a held one for a good one", async () => {
    const { files, status } = setUp({ ...lease, lock: "" });
    files.lockedByAnother = true;
    await expect(status()).resolves.toBeUndefined();
    expect(files.calls.filter((call) => call.startsWith("lock"))).toEqual(["lock lock"]);
    expect(files.longestWaitMs).toBe(0);
  });

  test("refuses a network name that is too long for a folder, as an ADD does", async () => {
    const { add, status } = setUp();
    const network = "n".repeat(256);
    await expect(add({ network })).rejects.toMatchObject({ code: 7 });
    await expect(status({ network })).rejects.toMatchObject({ code: 7 });
  });

  test("is silent for a network whose ranges come from the runtime", async () => {
    const { status } = setUp();
    await expect(status({ ipam: { dataDir } })).resolves.toBeUndefined();
  });

  test("counts a lease that names nobody as free", async () => {
    const { status } = setUp({ "10.1.2.2": "" });
    await expect(status({ ipam: small })).resolves.toBeUndefined();
  });

  test("is not available when a set is exhausted", async () => {
    const { status } = setUp({ "10.1.2.2": "other\r\neth0" });
    const ranges = [[{ subnet: "10.5.0.0/24" }], ...small.ranges];
    await expect(status({ ipam: { ...ipam, ranges } })).rejects.toMatchObject({
      code: 50,
      message: "no IP addresses available in range set: 10.1.2.1-10.1.2.2",
    });
  });

  test.each(["openFolder", "folder", "demandWritable", "names", "lock"])(
    "is not available when %s fails",
    async (call) => {
      const rehearsal = setUp({ ...lease, lock: "" });
      await rehearsal.status();
      const { files, status } = setUp({ ...lease, lock: "" });
      const at = rehearsal.files.calls.findIndex((name) => name.startsWith(call));
      files.failure = { at, errno: errno.EROFS };
      await expect(status()).rejects.toMatchObject({
        code: 50,
        details: expect.stringContaining("writable"),
      });
    },
  );

  test("is not available when resolvConf is missing", async () => {
    const { status } = setUp();
    await expect(status({ ipam: { ...ipam, resolvConf: "/none" } })).rejects.toMatchObject({ code: 50 });
  });

  test("tells an invalid configuration as such", async () => {
    const { status } = setUp();
    await expect(status({ ipam: { ranges: [[]] } })).rejects.toMatchObject({ code: 7 });
  });
});
