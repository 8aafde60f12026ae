import { describe, expect, test } from "@jest/globals";
import { readOptions, UsageError } from "./options.ts";

function read(line: string, environment: Record<string, string> = {}) {
  return readOptions(line.split(" "), { environment, workingFolder: "/run" });
}

describe("readOptions()", () => {
  test("has cnitool's defaults and container id", () => {
    expect(read("add net /run/netns/demo")).toEqual({
      verb: "add",
      network: "net",
      // printf %s /run/netns/demo | sha512sum | cut -c1-20
      attachment: {
        containerId: "cnitool-78367785f8561ce49ede",
        netns: "/run/netns/demo",
        ifname: "eth0",
        args: undefined,
        capabilities: undefined,
      },
      keep: [],
      folder: "/etc/cni/net.d",
      path: ["/opt/cni/bin"],
      json: false,
    });
  });

  test("reads cnitool's variables", () => {
    const environment = {
      NETCONFPATH: "/conf",
      CNI_PATH: "/a:/b",
      CNI_IFNAME: "net1",
      CNI_ARGS: "IgnoreUnknown=1;IP=10.1.0.4",
      CAP_ARGS: '{"mac":"m"}',
    };
    expect(read("check net /run/netns/demo", environment)).toMatchObject({
      folder: "/conf",
      path: ["/a", "/b"],
      attachment: {
        ifname: "net1",
        args: [
          ["IgnoreUnknown", "1"],
          ["IP", "10.1.0.4"],
        ],
        capabilities: { mac: "m" },
      },
    });
  });

  test.each([
    ["add net netns/demo", "/run/netns/demo"],
    ["del net ./netns/../netns/demo", "/run/netns/demo"],
    ["gc net", ""],
    ["status net", ""],
  ])("%s: the namespace is %j", (line, netns) => {
    expect(read(line)).toMatchObject({ attachment: { netns } });
  });

  test.each([
    "add net ns -i net1",
    "add -i net1 net ns",
    "--ifname net1 add net ns",
    "add net --ifname=net1 ns",
    // As cnitool's option reader has it.
    "add net ns -i=net1",
    "add net ns -inet1",
  ])("%s", (line) => {
    expect(read(line, { CNI_IFNAME: "no" })).toMatchObject({ attachment: { ifname: "net1" } });
  });

  test("reads what a GC leaves alone", () => {
    expect(read("gc net --keep a/eth0 --keep b/eth1 --json")).toMatchObject({
      keep: [
        { containerId: "a", ifname: "eth0" },
        { containerId: "b", ifname: "eth1" },
      ],
      json: true,
    });
  });

  test.each(["--help", "-h", "help", "add --help", "add net ns -h"])("%s asks for help", (line) => {
    expect(read(line)).toBe("help");
  });

  test("nothing at all asks for help as well", () => {
    expect(readOptions([], { environment: {}, workingFolder: "/" })).toBe("help");
  });

  test.each([
    ["attach net ns", 'unknown command "attach": it is one of add, check, del, gc, status'],
    ["add", "add needs the name of a network"],
    ["add net", "add needs the path of a network namespace"],
    ["check net", "check needs the path"],
    ["add net ns more", "too many arguments: more"],
    ["add net ns --colour", "--colour"],
    ["add net ns -i", "ifname"],
    ["add net ns --keep a/b", "--keep is for gc, not for add"],
    ["gc net --keep a,b/eth0", '--keep is "a,b/eth0": as a container id "a,b" must start with'],
    ["gc net --keep ../eth0", '--keep is "../eth0": as a container id ".." must start with'],
    ["gc net --keep a/e:0", '--keep is "a/e:0": as an interface name "e:0" contains'],
    ["gc net --keep a", '--keep is "a": must be CONTAINERID/IFNAME'],
    ["gc net --keep a/b/c", 'as a container id "a/b" must'],
  ])("%s is wrong usage", (line, message) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(message);
  });

  test.each(["add", "check", "del"])("%s of a namespace that is an empty variable is wrong usage", (verb) => {
    const empty = () => readOptions([verb, "net", ""], { environment: {}, workingFolder: "/run" });
    expect(empty).toThrow(UsageError);
    expect(empty).toThrow(`${verb} needs the path of a network namespace`);
  });

  test("for gc and status an empty namespace is none", () => {
    const options = readOptions(["gc", "net", ""], { environment: {}, workingFolder: "/run" });
    expect(options).toMatchObject({ attachment: { netns: "" } });
  });

  test.each([
    [{ CAP_ARGS: "[]" }, "invalid CAP_ARGS: []"],
    [{ CAP_ARGS: "{" }, "invalid CAP_ARGS: {"],
    [{ CNI_ARGS: "IP" }, 'invalid CNI_ARGS: invalid pair "IP"'],
  ])("%j is refused", (environment, message) => {
    expect(() => read("add net ns", environment)).toThrow(
      expect.objectContaining({ code: 4, message, details: expect.any(String) }),
    );
  });
});
