/** RTM_NEWNEIGH → a Neighbour (`ip -j -d neigh`) or an FdbEntry (`bridge -j -d fdb`), by family. */
import type { FdbEntry } from '../../../model/link.ts';
import type { Neighbour } from '../../../model/route.ts';
import { addressText, hexText, macText } from '../wire/address-text.ts';
import {
  littleEndian,
  readAttributes,
  readBe16,
  readBytes,
  readI32,
  readU8,
  readU16,
  readU32,
} from '../wire/attributes.ts';
import type { Message } from '../wire/messages.ts';
import { type LinkContext, linkNameOr } from './link-context.ts';
import { nameOf } from './names.ts';

/** NDA_*, NTF_*, NUD_* of linux/neighbour.h. */
const NDA = {
  DST: 1,
  LLADDR: 2,
  VLAN: 5,
  PORT: 6,
  VNI: 7,
  IFINDEX: 8,
  MASTER: 9,
  LINK_NETNSID: 10,
  SRC_VNI: 11,
  PROTOCOL: 12,
  NH_ID: 13,
  FLAGS_EXT: 15,
} as const;
const NTF = { SELF: 2, MASTER: 4, PROXY: 8, EXT_LEARNED: 0x10, OFFLOADED: 0x20, STICKY: 0x40, ROUTER: 0x80 } as const;
const NUD = { REACHABLE: 2, STALE: 4, NOARP: 0x40, PERMANENT: 0x80 } as const;
const AF_BRIDGE = 7;

const stateNames: readonly (readonly [number, string])[] = [
  [1, 'INCOMPLETE'],
  [2, 'REACHABLE'],
  [4, 'STALE'],
  [8, 'DELAY'],
  [16, 'PROBE'],
  [32, 'FAILED'],
  [64, 'NOARP'],
  [128, 'PERMANENT'],
];

/**
 * Undefined for what ip hides unless asked: entries that need no resolution (multicast, loopback: NOARP) and those
 * without any state, except proxy entries and those learnt outside the kernel.
 */
export const decodeNeighbour = (view: DataView, message: Message, context: LinkContext): Neighbour | undefined => {
  const family = view.getUint8(message.body);
  if (family !== 2 && family !== 10) return undefined;
  const state = view.getUint16(message.body + 8, littleEndian);
  const flags = view.getUint8(message.body + 10);
  const shown = (state & ~NUD.NOARP & 0xff) !== 0 || (flags & (NTF.PROXY | NTF.EXT_LEARNED)) !== 0;
  if (!shown) return undefined;
  const attributes = readAttributes(view, message.body + 12, message.end);
  const dst = readBytes(attributes, NDA.DST);
  if (dst === undefined) throw new RangeError('neighbour without address');
  const ifindex = view.getInt32(message.body + 4, littleEndian);
  const lladdr = readBytes(attributes, NDA.LLADDR);
  const protocol = readU8(attributes, NDA.PROTOCOL);
  const extended = readU32(attributes, NDA.FLAGS_EXT) ?? 0;
  return {
    dst: addressText(dst, family),
    dev: ifindex === 0 ? '' : linkNameOr(context, ifindex),
    ...(lladdr === undefined ? {} : { lladdr: macText(lladdr) }),
    ...(flags & NTF.ROUTER ? { router: null } : {}),
    ...(flags & NTF.PROXY ? { proxy: null } : {}),
    ...(flags & NTF.EXT_LEARNED ? { extern_learn: null } : {}),
    ...(flags & NTF.OFFLOADED ? { offload: null } : {}),
    ...(extended & 1 ? { managed: null } : {}),
    state: stateNames.filter(([bit]) => state & bit).map(([, name]) => name),
    ...(protocol ? { protocol: nameOf(context.names.protocols, protocol) } : {}),
  };
};

const fdbState = (state: number): string => {
  if (state & NUD.PERMANENT) return 'permanent';
  if (state & NUD.NOARP) return 'static';
  if (state & NUD.STALE) return 'stale';
  return state & NUD.REACHABLE || state === 0 ? '' : `state=${hexText(state)}`;
};

const fdbFlags = (flags: number, extended: number): string[] =>
  [
    flags & NTF.SELF ? 'self' : '',
    flags & NTF.ROUTER ? 'router' : '',
    flags & NTF.EXT_LEARNED ? 'extern_learn' : '',
    flags & NTF.OFFLOADED ? 'offload' : '',
    flags & NTF.STICKY ? 'sticky' : '',
    extended & 2 ? 'locked' : '',
  ].filter((word) => word !== '');

export const decodeFdbEntry = (view: DataView, message: Message, context: LinkContext): FdbEntry | undefined => {
  if (view.getUint8(message.body) !== AF_BRIDGE) return undefined;
  const ifindex = view.getInt32(message.body + 4, littleEndian);
  const flags = view.getUint8(message.body + 10);
  const attributes = readAttributes(view, message.body + 12, message.end);
  const mac = readBytes(attributes, NDA.LLADDR);
  const dst = readBytes(attributes, NDA.DST);
  const vlan = readU16(attributes, NDA.VLAN);
  const port = readBe16(attributes, NDA.PORT);
  const vni = readU32(attributes, NDA.VNI);
  const sourceVni = readU32(attributes, NDA.SRC_VNI);
  const via = readU32(attributes, NDA.IFINDEX);
  const nsid = readI32(attributes, NDA.LINK_NETNSID);
  const nhid = readU32(attributes, NDA.NH_ID);
  const master = readU32(attributes, NDA.MASTER);
  const protocol = readU8(attributes, NDA.PROTOCOL);
  if (mac === undefined) throw new RangeError('fdb entry without MAC');
  return {
    mac: macText(mac),
    ifname: ifindex === 0 ? '' : linkNameOr(context, ifindex),
    ...(dst === undefined ? {} : { dst: addressText(dst) }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(port === undefined ? {} : { port }),
    ...(vni === undefined ? {} : { vni }),
    ...(sourceVni === undefined ? {} : { src_vni: sourceVni }),
    ...(via ? (nsid === undefined ? { viaIf: linkNameOr(context, via) } : { viaIfIndex: via, linkNetNsId: nsid }) : {}),
    ...(nhid === undefined ? {} : { nhid }),
    flags: fdbFlags(flags, readU32(attributes, NDA.FLAGS_EXT) ?? 0),
    ...(master ? { master: linkNameOr(context, master) } : {}),
    state: fdbState(view.getUint16(message.body + 8, littleEndian)),
    ...(protocol ? { protocol: nameOf(context.names.protocols, protocol) } : {}),
  };
};
