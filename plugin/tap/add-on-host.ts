/**
 * A tap as a port of the host's bridge, in place of the host end of a veth: what the bridge plugin does for a container is done
 * for the machine that opens the tap. Its addresses are told in the result and never put on the tap: a port takes no packets.
 */
import { CniError, errorCodes } from "../../cni/error.ts";
import { isDnsEmpty, type Result } from "../../cni/result.ts";
import { isAtLeast } from "../../cni/version.ts";
import { formatMac } from "../../inet/mac.ts";
import { changeLink } from "../../netlink/route/link.ts";
import { withUndo } from "../../sdk/undo.ts";
import { planAttachment, type AddressPlan } from "../address-plan.ts";
import { macAddresses } from "../attachment.ts";
import { findBridge, type Bridge } from "../bridge/bridge-link.ts";
import { readConfiguration } from "../bridge/configuration.ts";
import { guard } from "../bridge/guard.ts";
import { setPortFlags } from "../bridge/port.ts";
import { provideSwitch } from "../bridge/provide-bridge.ts";
import { provideGateway } from "../bridge/provide-gateway.ts";
import { openSegmentIfAny } from "../bridge/vlan/segment-if-any.ts";
import { shareNamespace } from "../bridge/share-namespace.ts";
import type { HostInterface, Work } from "../bridge/work.ts";
import { openRoute } from "../kernel.ts";
import { leaseAddresses } from "../lease.ts";
import { findLink } from "../links.ts";
import { masquerade } from "../masquerade.ts";
import type { TapCall } from "./call.ts";
import { rootsUnlessNamed } from "./configuration.ts";
import { isTapOf, makeTap, removeTap, type Tap } from "./device.ts";

interface HostWork extends Work {
  readonly call: TapCall;
}

export async function addOnHost(call: TapCall): Promise<Result> {
  const { request, attachment, ownerLabel, namespace: host } = call;
  const configuration = { ...readConfiguration(request), mac: call.keys.mac };
  refuseUnknownGuest(configuration);
  using route = openRoute();
  shareNamespace(host, configuration, request.log);
  const removeLink = () => void removeTap(route, attachment.ifname, (link) => isTapOf(link, ownerLabel));
  // Awaited here: what `using` holds is closed as soon as this function returns.
  return await withUndo(request.log, (undo) =>
    attach({ call, request, configuration, attachment, ownerLabel, route, host, undo, removeLink }),
  );
}

/** The guest's address is not the tap's. @throws CniError 7 */
function refuseUnknownGuest({
  macspoofchk,
  mac,
}: {
  macspoofchk: boolean;
  mac: Uint8Array | undefined;
}): void {
  if (!macspoofchk || mac !== undefined) return;
  throw new CniError(
    errorCodes.invalidConfiguration,
    '"macspoofchk" of a tap needs the MAC address that the machine behind it has',
    { details: 'give it as "mac", in runtimeConfig.mac or as MAC in CNI_ARGS' },
  );
}

async function attach(given: HostWork): Promise<Result> {
  const { work, bridge } = await provideSwitch(given);
  const { request, configuration, undo, removeLink } = work;
  const segment = await openSegmentIfAny(work, bridge);
  const tap = await connect(work, bridge);
  segment?.setPortVlans(tap);
  if (configuration.mac !== undefined) await guard(work, { port: tap.name, mac: configuration.mac });
  work.route.request(changeLink(tap, { up: true }));
  const lease = await leaseAddresses(request, { type: configuration.ipam.type, undo, removeLink });
  const plan = planAttachment(lease, configuration);
  const vlanInterface = plan.gateways.length > 0 ? segment?.provideHostInterface(bridge) : undefined;
  await provideGateway(work, { port: tap, bridge, hostInterface: vlanInterface ?? bridge }, plan);
  const interfaceName = segment?.hostInterfaceName ?? bridge.name;
  await masquerade({ ...work, interfaceName, ips: plan.ips }, configuration, { undo, log: request.log });
  return describe(work, { bridge, tap, vlanInterface, plan, lease });
}

async function connect(work: HostWork, bridge: Bridge): Promise<Tap> {
  const { route, host, configuration, attachment, ownerLabel, undo } = work;
  const tap = await makeTap(
    { namespace: host, route, undo },
    {
      attachment,
      keys: rootsUnlessNamed(work.call.keys),
      // Of its own: frames from the port's address would count as sent by the bridge itself.
      mac: macAddresses(attachment).host,
      mtu: configuration.mtu,
      master: bridge.index,
      ownerLabel,
    },
  );
  work.request.log.debug("tap ready", { name: tap.name, bridge: bridge.name });
  setPortFlags(route, tap, { hairpin: configuration.hairpinMode, isolated: configuration.portIsolation });
  return tap;
}

function describe(
  { configuration, request, route }: Work,
  made: {
    bridge: Bridge;
    tap: Tap;
    vlanInterface: HostInterface | undefined;
    plan: AddressPlan;
    lease: Result;
  },
): Result {
  const { tap, vlanInterface, plan, lease } = made;
  const tellsMtu = isAtLeast(request.configuration.version, "1.1.0");
  // Read again: a bridge's MTU follows its ports, and so does the MAC address of one that has none of its own.
  const bridge = findBridge(route, made.bridge.name) ?? made.bridge;
  const onHost = ({ name, index, mac }: Pick<HostInterface, "name" | "index" | "mac">) => ({
    name,
    mac: formatMac(mac),
    mtu: tellsMtu ? findLink(route, { index })?.mtu : undefined,
  });
  return {
    interfaces: [
      onHost(bridge),
      { name: tap.name, mac: formatMac(tap.mac), mtu: tap.mtu, sandbox: request.netns },
      ...(vlanInterface === undefined ? [] : [onHost(vlanInterface)]),
    ],
    ips: plan.ips.map((ip) => ({ ...ip, interface: 1 })),
    routes: plan.routes,
    dns: isDnsEmpty(configuration.dns) ? lease.dns : configuration.dns,
  };
}
