/** A program in the place of a virtual machine. */
import type { FakeNode } from "../node/index.ts";

/**
 * A machine behind a tap, in a few lines: opens it, and answers ARP requests for its address and echo requests to it, as a guest
 * would. It says "ready" first. Arguments: device, address, MAC address.
 */
const guest = String.raw`
use strict; use warnings;
my ($name, $address, $mac, $queues) = @ARGV;
my $ip = pack("C4", split(/\./, $address));
my $own = pack("H2" x 6, split(/:/, $mac));
sysopen(my $tap, "/dev/net/tun", 2) or die "open: $!";
ioctl($tap, 0x400454ca, pack("a16 S x22", $name, 0x1002 | ($queues ? 0x100 : 0))) or die "attach: $!";
sub checksum { my $sum = unpack("%32n*", $_[0] . (length($_[0]) % 2 ? "\0" : "")); $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16; return ~$sum & 0xffff }
$| = 1; print "ready\n";
while (sysread($tap, my $frame, 65535)) {
  my $kind = substr($frame, 12, 2);
  if ($kind eq "\x08\x06" && substr($frame, 20, 2) eq "\0\1" && substr($frame, 38, 4) eq $ip) {
    syswrite($tap, substr($frame, 6, 6) . $own . substr($frame, 12, 8) . "\0\2" . $own . $ip . substr($frame, 22, 10));
  } elsif ($kind eq "\x08\x00" && substr($frame, 23, 1) eq "\1" && substr($frame, 30, 4) eq $ip && substr($frame, 34, 1) eq "\x08") {
    my $echo = substr($frame, 38);
    my $sum = checksum("\0\0\0\0" . $echo);
    syswrite($tap, substr($frame, 6, 6) . $own . substr($frame, 12, 14) . $ip . substr($frame, 26, 4) . "\0\0" . pack("n", $sum) . $echo);
  }
}
`;

/** The MAC address that it has. */
export const guestMac = "02:00:00:00:00:aa";

/** Starts it in the node and waits until it has opened the tap. @param more "multi" for a device with several queues */
export async function startGuest(node: FakeNode, tap: string, address: string, ...more: readonly string[]) {
  const started = await node.background("perl", ["-e", guest, tap, address, guestMac, ...more]);
  for (const end = Date.now() + 20_000; !started.stdout().includes("ready");) {
    if (Date.now() > end || !started.isRunning()) throw new Error(`No guest: ${started.stderr()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
