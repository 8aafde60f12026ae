import { expect, test } from "@jest/globals";
import { readTrace } from "./trace.ts";

/** From `strace -f -o FILE`, shortened. */
const text = `100 execve("/opt/cni/bin/bridge", ["bridge"], 0x7ffc /* 3 vars */) = 0
100 openat(AT_FDCWD, "/etc/missing", O_RDONLY) = -1 ENOENT (No such file or directory)
100 openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3
100 openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3
100 openat(AT_FDCWD, "/run/netns/a", O_RDONLY <unfinished ...>
101 futex(0x7f, FUTEX_WAKE_PRIVATE, 1) = 0
100 <... openat resumed>) = 4
101 execve("/usr/sbin/nft", ["nft"], 0x7ffc /* 3 vars */) = 0
101 +++ exited with 0 +++
100 --- SIGCHLD {si_signo=SIGCHLD} ---
100 exit_group(0) = ?
`;

test("readTrace() counts calls, and lists what was opened and started", () => {
  expect(readTrace(text)).toEqual({
    calls: 8,
    programs: ["/opt/cni/bin/bridge", "/usr/sbin/nft"],
    opened: ["/etc/ld.so.cache", "/run/netns/a"],
  });
});
