import { expect, test } from "@jest/globals";
import { formatAddress } from "../../inet/address.ts";
import { listLeases } from "./list-leases.ts";
import { MemoryFiles } from "./memory-files.ts";

test("listLeases() tells who has which address, and nothing of other files", () => {
  const files = new MemoryFiles();
  const folder = "/var/lib/cni/networks/net";
  files.putFolders(folder);
  const contents = {
    "10.1.0.2": "one\r\neth0",
    "10.1.0.3": "old",
    "fd00::2": "one\r\neth0\n",
    "10.1.0.4": "",
    "10.1.0.5": "\0\0\0",
    "10.1.0.300": "nobody\r\neth0",
    "last_reserved_ip.0": "10.1.0.3",
    lock: "",
  };
  for (const [name, text] of Object.entries(contents)) files.put(`${folder}/${name}`, text);
  files.entries.set(`${folder}/10.1.0.6`, { kind: "link", to: "/etc/shadow" });
  files.entries.set(`${folder}/10.1.0.7`, { kind: "folder", mode: 0o755 });
  using opened = files.openFolder(folder);
  const listed = listLeases(opened).map((lease) => ({ ...lease, address: formatAddress(lease.address) }));
  expect(listed).toEqual([
    { address: "10.1.0.2", containerId: "one", ifname: "eth0" },
    { address: "10.1.0.3", containerId: "old", ifname: undefined },
    { address: "fd00::2", containerId: "one", ifname: "eth0" },
  ]);
  expect(files.calls.filter((call) => call.startsWith("lock"))).toEqual([]);
});
