/** RTM_NEWLINK of family AF_BRIDGE → which VLANs a bridge port is in, as `bridge -j vlan show` prints it. */
import type { BridgeVlans } from '../../../model/link.ts';
import { eachNested, littleEndian, readAttributes, readText } from '../wire/attributes.ts';
import type { Message } from '../wire/messages.ts';

const AF_BRIDGE = 7;
const IFLA_IFNAME = 3;
const IFLA_AF_SPEC = 26;
const IFLA_BRIDGE_VLAN_INFO = 2;
/** BRIDGE_VLAN_INFO_* of linux/if_bridge.h. */
const VLAN = { PVID: 2, UNTAGGED: 4, RANGE_BEGIN: 8, RANGE_END: 16 } as const;

type Entry = BridgeVlans['vlans'][number];

const flagWords = (flags: number): { flags?: readonly string[] } => {
  const words = [...(flags & VLAN.PVID ? ['PVID'] : []), ...(flags & VLAN.UNTAGGED ? ['Egress Untagged'] : [])];
  return words.length > 0 ? { flags: words } : {};
};

/** Undefined for a port without VLANs: the kernel then leaves out the list. */
export const decodeBridgeVlans = (view: DataView, message: Message): BridgeVlans | undefined => {
  if (view.getUint8(message.body) !== AF_BRIDGE) return undefined;
  const attributes = readAttributes(view, message.body + 16, message.end);
  const ifname = readText(attributes, IFLA_IFNAME);
  if (ifname === undefined) throw new RangeError('bridge port without a name');
  const vlans: Entry[] = [];
  let first: number | undefined;
  // A range comes as two entries, one that begins it and one that ends it.
  eachNested(attributes, IFLA_AF_SPEC, (type, offset, length) => {
    if (type !== IFLA_BRIDGE_VLAN_INFO || length < 4) return;
    const flags = view.getUint16(offset, littleEndian);
    const vlan = view.getUint16(offset + 2, littleEndian);
    if (flags & VLAN.RANGE_BEGIN) first = vlan;
    else if (flags & VLAN.RANGE_END && first !== undefined) {
      vlans.push({ vlan: first, ...(vlan > first ? { vlanEnd: vlan } : {}), ...flagWords(flags) });
      first = undefined;
    } else vlans.push({ vlan, ...flagWords(flags) });
  });
  return vlans.length === 0 ? undefined : { ifname, vlans };
};
