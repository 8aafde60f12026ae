/** TAP devices: interfaces whose frames a program reads and writes, usually a virtual machine; linux/if_tun.h. */
import * as libc from "./libc.ts";

const driver = "/dev/net/tun";

/** _IOW('T', n, int): direction, size 4, type, number. */
const setInterface = { name: "TUNSETIFF", number: 0x400454ca };
const setPersistent = { name: "TUNSETPERSIST", number: 0x400454cb };
const setOwner = { name: "TUNSETOWNER", number: 0x400454cc };
const setGroup = { name: "TUNSETGROUP", number: 0x400454ce };

/** IFF_* */
const flags = { tap: 0x0002, noPacketInfo: 0x1000, multiQueue: 0x0100, exclusive: 0x8000 };

/** struct ifreq: the name, then what the request is about. */
const requestBytes = 40;
const flagsAt = 16;

export interface TapOptions {
  readonly name: string;
  /** Who may open it besides root, with both who is both; anybody who may use the driver where neither is given. */
  readonly owner: number | undefined;
  readonly group: number | undefined;
  /** It can be opened several times, a queue each. */
  readonly multiQueue: boolean;
}

/** A device that was just made. It goes with this object, unless it is told to stay. */
export class TapDevice implements Disposable {
  #descriptor: number;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Opens and closes the driver. @throws SyscallError ENOENT, ENODEV, ENXIO where the kernel has none */
  static probe(): void {
    libc.close(libc.open(driver, libc.openFlags.readWrite));
  }

  /**
   * Makes a device in the network namespace that the thread is in.
   * @throws SyscallError EBUSY when the name is taken; as {@link probe}
   */
  static create(options: TapOptions): TapDevice {
    const device = new TapDevice(libc.open(driver, libc.openFlags.readWrite));
    try {
      device.#configure(options);
      return device;
    } catch (error) {
      device[Symbol.dispose]();
      throw error;
    }
  }

  #configure({ name, owner, group, multiQueue }: TapOptions): void {
    const request = new Uint8Array(requestBytes);
    request.set(libc.encodeText(name).subarray(0, flagsAt - 1));
    const kind = flags.tap | flags.noPacketInfo | flags.exclusive | (multiQueue ? flags.multiQueue : 0);
    new DataView(request.buffer).setUint16(flagsAt, kind, true);
    libc.control(this.#descriptor, setInterface, request);
    if (owner !== undefined) libc.control(this.#descriptor, setOwner, owner);
    if (group !== undefined) libc.control(this.#descriptor, setGroup, group);
  }

  /** Lets it stay when this object closes. @throws SyscallError */
  keep(): void {
    libc.control(this.#descriptor, setPersistent, 1);
  }

  [Symbol.dispose](): void {
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    if (descriptor >= 0) libc.close(descriptor);
  }
}
