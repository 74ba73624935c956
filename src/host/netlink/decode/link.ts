/** RTM_NEWLINK → a Link, as `ip -j -d -s link` prints it. */
import type { Link, LinkCounters, LinkInfo } from '../../../model/link.ts';
import { addressText, macText } from '../wire/address-text.ts';
import {
  type Attributes,
  eachNested,
  hasAttribute,
  littleEndian,
  nestedAttributes,
  readAttributes,
  readBytes,
  readI32,
  readText,
  readU8,
  readU32,
  textAt,
  u64At,
} from '../wire/attributes.ts';
import { eachMessage, type Message, RTM } from '../wire/messages.ts';
import { linkKinds, portKinds } from './kinds/kinds.ts';
import { xdpSummary } from './kinds/simple.ts';
import { type KnownLink, type LinkContext, linkNameOr } from './link-context.ts';
import { linkTypeName, nameOf } from './names.ts';

/** IFLA_* of linux/if_link.h. */
const IFLA = {
  ADDRESS: 1,
  BROADCAST: 2,
  IFNAME: 3,
  MTU: 4,
  LINK: 5,
  QDISC: 6,
  MASTER: 10,
  TXQLEN: 13,
  OPERSTATE: 16,
  LINKMODE: 17,
  LINKINFO: 18,
  IFALIAS: 20,
  STATS64: 23,
  AF_SPEC: 26,
  GROUP: 27,
  PROMISCUITY: 30,
  NUM_TX_QUEUES: 31,
  NUM_RX_QUEUES: 32,
  PHYS_PORT_ID: 34,
  PHYS_SWITCH_ID: 36,
  LINK_NETNSID: 37,
  PHYS_PORT_NAME: 38,
  PROTO_DOWN: 39,
  GSO_MAX_SEGS: 40,
  GSO_MAX_SIZE: 41,
  XDP: 43,
  NEW_NETNSID: 45,
  NEW_IFINDEX: 49,
  MIN_MTU: 50,
  MAX_MTU: 51,
  PROP_LIST: 52,
  ALT_IFNAME: 53,
  PERM_ADDRESS: 54,
  PARENT_DEV_NAME: 56,
  PARENT_DEV_BUS_NAME: 57,
  GRO_MAX_SIZE: 58,
  TSO_MAX_SIZE: 59,
  TSO_MAX_SEGS: 60,
  ALLMULTI: 61,
  GSO_IPV4_MAX_SIZE: 63,
  GRO_IPV4_MAX_SIZE: 64,
} as const;

const IFF_UP = 1;
const IFF_POINTOPOINT = 0x10;
const IFF_RUNNING = 0x40;
/** In the order ip prints them. */
const flagNames: readonly (readonly [number, string])[] = [
  [8, 'LOOPBACK'],
  [2, 'BROADCAST'],
  [IFF_POINTOPOINT, 'POINTOPOINT'],
  [0x1000, 'MULTICAST'],
  [0x80, 'NOARP'],
  [0x200, 'ALLMULTI'],
  [0x100, 'PROMISC'],
  [0x400, 'MASTER'],
  [0x800, 'SLAVE'],
  [4, 'DEBUG'],
  [0x8000, 'DYNAMIC'],
  [0x4000, 'AUTOMEDIA'],
  [0x2000, 'PORTSEL'],
  [0x20, 'NOTRAILERS'],
  [IFF_UP, 'UP'],
  [0x10000, 'LOWER_UP'],
  [0x20000, 'DORMANT'],
  [0x40000, 'ECHO'],
];

const linkFlags = (flags: number): string[] => {
  const names = flags & IFF_UP && !(flags & IFF_RUNNING) ? ['NO-CARRIER'] : [];
  for (const [bit, name] of flagNames) if (flags & bit) names.push(name);
  return names;
};

const operStates = ['UNKNOWN', 'NOTPRESENT', 'DOWN', 'LOWERLAYERDOWN', 'TESTING', 'DORMANT', 'UP'];

/** struct rtnl_link_stats64: consecutive u64 counters. */
const STATS = {
  rxPackets: 0,
  txPackets: 1,
  rxBytes: 2,
  txBytes: 3,
  rxErrors: 4,
  txErrors: 5,
  rxDropped: 6,
  txDropped: 7,
  multicast: 8,
  collisions: 9,
  rxOver: 11,
  txCarrier: 17,
  rxCompressed: 21,
  txCompressed: 22,
} as const;

const decodeStats = (bytes: Uint8Array): { rx: LinkCounters; tx: LinkCounters } | undefined => {
  if (bytes.length < 23 * 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = (index: number): number => u64At(view, index * 8);
  const rxCompressed = at(STATS.rxCompressed);
  const txCompressed = at(STATS.txCompressed);
  return {
    rx: {
      bytes: at(STATS.rxBytes),
      packets: at(STATS.rxPackets),
      errors: at(STATS.rxErrors),
      dropped: at(STATS.rxDropped),
      over_errors: at(STATS.rxOver),
      multicast: at(STATS.multicast),
      ...(rxCompressed ? { compressed: rxCompressed } : {}),
    },
    tx: {
      bytes: at(STATS.txBytes),
      packets: at(STATS.txPackets),
      errors: at(STATS.txErrors),
      dropped: at(STATS.txDropped),
      carrier_errors: at(STATS.txCarrier),
      collisions: at(STATS.collisions),
      ...(txCompressed ? { compressed: txCompressed } : {}),
    },
  };
};

/** Tunnel links carry their local IP address instead of a MAC (ll_addr_n2a). */
const ipAddressed4 = new Set([768, 776, 778]);
const ipAddressed6 = new Set([769, 823]);
const linkAddress = (bytes: Uint8Array, linkType: number): string => {
  if (bytes.length === 4 && ipAddressed4.has(linkType)) return addressText(bytes, 2);
  if (bytes.length === 16 && ipAddressed6.has(linkType)) return addressText(bytes, 10);
  return macText(bytes);
};

const decodeLinkInfo = (attributes: Attributes, context: LinkContext): LinkInfo | undefined => {
  if (!hasAttribute(attributes, IFLA.LINKINFO)) return undefined;
  const info = nestedAttributes(attributes, IFLA.LINKINFO);
  const kind = readText(info, 1);
  const portKind = readText(info, 4);
  const decode = kind === undefined || !hasAttribute(info, 2) ? undefined : linkKinds[kind];
  const decodePort = portKind === undefined || !hasAttribute(info, 5) ? undefined : portKinds[portKind];
  return {
    ...(kind === undefined ? {} : { info_kind: kind }),
    ...(decode === undefined ? {} : { info_data: decode(nestedAttributes(info, 2), context) }),
    ...(portKind === undefined ? {} : { info_slave_kind: portKind }),
    ...(decodePort === undefined ? {} : { info_slave_data: decodePort(nestedAttributes(info, 5), context) }),
  };
};

/** The lower link or peer: a name when it lies in this netns, else its ifindex there. */
const lowerLink = (attributes: Attributes, context: LinkContext): Partial<Link> => {
  const ifindex = readU32(attributes, IFLA.LINK);
  const nsid = readI32(attributes, IFLA.LINK_NETNSID);
  return {
    ...(ifindex === undefined
      ? {}
      : ifindex === 0
        ? { link: null }
        : nsid !== undefined
          ? { link_index: ifindex }
          : { link: linkNameOr(context, ifindex) }),
    ...(nsid === undefined ? {} : { link_netnsid: nsid }),
  };
};

const addressModes = ['eui64', 'none', 'stable_secret', 'random'];
const AF_INET6 = 10;
const IFLA_INET6_ADDR_GEN_MODE = 8;

const addressMode = (attributes: Attributes): string | undefined => {
  const mode = readU8(nestedAttributes(nestedAttributes(attributes, IFLA.AF_SPEC), AF_INET6), IFLA_INET6_ADDR_GEN_MODE);
  return mode === undefined ? undefined : (addressModes[mode] ?? String(mode));
};

const altNames = (attributes: Attributes): string[] => {
  const names: string[] = [];
  eachNested(attributes, IFLA.PROP_LIST, (type, offset, length) => {
    if (type === IFLA.ALT_IFNAME) names.push(textAt(attributes.view, offset, length));
  });
  return names;
};

/** Numbers that ip prints as they are, in its words. */
const numbers: readonly (readonly [string, number])[] = [
  ['promiscuity', IFLA.PROMISCUITY],
  ['allmulti', IFLA.ALLMULTI],
  ['min_mtu', IFLA.MIN_MTU],
  ['max_mtu', IFLA.MAX_MTU],
  ['num_tx_queues', IFLA.NUM_TX_QUEUES],
  ['num_rx_queues', IFLA.NUM_RX_QUEUES],
  ['gso_max_size', IFLA.GSO_MAX_SIZE],
  ['gso_max_segs', IFLA.GSO_MAX_SEGS],
  ['tso_max_size', IFLA.TSO_MAX_SIZE],
  ['tso_max_segs', IFLA.TSO_MAX_SEGS],
  ['gro_max_size', IFLA.GRO_MAX_SIZE],
  ['gso_ipv4_max_size', IFLA.GSO_IPV4_MAX_SIZE],
  ['gro_ipv4_max_size', IFLA.GRO_IPV4_MAX_SIZE],
  ['new_ifindex', IFLA.NEW_IFINDEX],
];

const hexBytes = (attributes: Attributes, type: number): string | undefined => {
  const bytes = readBytes(attributes, type);
  return bytes === undefined ? undefined : macText(bytes).replaceAll(':', '');
};

const rareFacts = (attributes: Attributes): Record<string, unknown> => {
  const facts: Record<string, unknown> = {};
  for (const [name, type] of numbers) {
    const value = readU32(attributes, type);
    if (value !== undefined) facts[name] = value;
  }
  const set = (name: string, value: unknown): void => {
    if (value !== undefined) facts[name] = value;
  };
  set('new_netnsid', readI32(attributes, IFLA.NEW_NETNSID));
  set('phys_port_name', readText(attributes, IFLA.PHYS_PORT_NAME));
  set('phys_port_id', hexBytes(attributes, IFLA.PHYS_PORT_ID));
  set('phys_switch_id', hexBytes(attributes, IFLA.PHYS_SWITCH_ID));
  set('parentbus', readText(attributes, IFLA.PARENT_DEV_BUS_NAME));
  set('parentdev', readText(attributes, IFLA.PARENT_DEV_NAME));
  if (readU8(attributes, IFLA.PROTO_DOWN)) facts['proto_down'] = true;
  const xdp = nestedAttributes(attributes, IFLA.XDP);
  set('xdp', xdpSummary(readU8(xdp, 2), readU32(xdp, 4)));
  return facts;
};

const addresses = (attributes: Attributes, linkType: number, flags: number): Record<string, unknown> => {
  const address = readBytes(attributes, IFLA.ADDRESS);
  const broadcast = readBytes(attributes, IFLA.BROADCAST);
  const permanent = readBytes(attributes, IFLA.PERM_ADDRESS);
  const text = (bytes: Uint8Array): string => linkAddress(bytes, linkType);
  return {
    ...(address === undefined ? {} : { address: text(address) }),
    ...(broadcast === undefined
      ? {}
      : { ...(flags & IFF_POINTOPOINT ? { link_pointtopoint: true } : {}), broadcast: text(broadcast) }),
    ...(permanent !== undefined && (address === undefined || text(permanent) !== text(address))
      ? { permaddr: text(permanent) }
      : {}),
  };
};

/** Undefined for AF_BRIDGE messages, which are about a link as a bridge port only. */
export const decodeLink = (view: DataView, message: Message, context: LinkContext): Link | undefined => {
  if (view.getUint8(message.body) !== 0) return undefined;
  const linkType = view.getUint16(message.body + 2, littleEndian);
  const ifindex = view.getInt32(message.body + 4, littleEndian);
  const flags = view.getUint32(message.body + 8, littleEndian);
  const attributes = readAttributes(view, message.body + 16, message.end);
  const name = readText(attributes, IFLA.IFNAME);
  if (name === undefined || ifindex <= 0) throw new RangeError('link message without a name or ifindex');
  const lower = lowerLink(attributes, context);
  const lowerIndex = lower.link === undefined ? undefined : readU32(attributes, IFLA.LINK);
  const flagList = linkFlags(flags);
  if (lowerIndex && context.isUp(lowerIndex) === false) flagList.push('M-DOWN');
  const master = readU32(attributes, IFLA.MASTER);
  const qdisc = readText(attributes, IFLA.QDISC);
  const mode = readU8(attributes, IFLA.LINKMODE);
  const group = readU32(attributes, IFLA.GROUP);
  const queue = readU32(attributes, IFLA.TXQLEN);
  const info = decodeLinkInfo(attributes, context);
  const genMode = addressMode(attributes);
  const stats = readBytes(attributes, IFLA.STATS64);
  const stats64 = stats === undefined ? undefined : decodeStats(stats);
  const alias = readText(attributes, IFLA.IFALIAS);
  const alternatives = altNames(attributes);
  return {
    ifindex,
    ifname: name,
    ...lower,
    flags: flagList,
    mtu: readU32(attributes, IFLA.MTU) ?? 0,
    ...(qdisc === undefined ? {} : { qdisc }),
    ...(master ? { master: linkNameOr(context, master) } : {}),
    operstate: operStates[readU8(attributes, IFLA.OPERSTATE) ?? 0] ?? 'UNKNOWN',
    ...(mode === undefined ? {} : { linkmode: mode === 0 ? 'DEFAULT' : mode === 1 ? 'DORMANT' : String(mode) }),
    ...(group === undefined ? {} : { group: nameOf(context.names.groups, group) }),
    ...(queue ? { txqlen: queue } : {}),
    link_type: linkTypeName(linkType),
    ...addresses(attributes, linkType, flags),
    ...rareFacts(attributes),
    ...(info === undefined ? {} : { linkinfo: info }),
    ...(genMode === undefined ? {} : { inet6_addr_gen_mode: genMode }),
    ...(stats64 === undefined ? {} : { stats64 }),
    ...(alias === undefined ? {} : { ifalias: alias }),
    ...(alternatives.length === 0 ? {} : { altnames: alternatives }),
  };
};

/** ifindex → name and up, of every link message in [start, end): read before decoding, because a link may name a later one. */
export const knownLinks = (
  view: DataView,
  start: number,
  end: number,
  known = new Map<number, KnownLink>(),
): Map<number, KnownLink> => {
  eachMessage(view, start, end, (message) => {
    if (message.type !== RTM.NEWLINK || message.end - message.body < 16 || view.getUint8(message.body) !== 0) return;
    const name = readText(readAttributes(view, message.body + 16, firstAttributeEnd(view, message)), IFLA.IFNAME);
    if (name === undefined) return;
    known.set(view.getInt32(message.body + 4, littleEndian), {
      name,
      up: (view.getUint32(message.body + 8, littleEndian) & IFF_UP) !== 0,
    });
  });
  return known;
};

/** The kernel puts IFLA_IFNAME first (rtnl_fill_ifinfo): reading only that one keeps this walk cheap. */
const firstAttributeEnd = (view: DataView, message: Message): number => {
  const offset = message.body + 16;
  if (offset + 4 > message.end || (view.getUint16(offset + 2, littleEndian) & 0x3fff) !== IFLA.IFNAME)
    return message.end;
  return Math.min(message.end, offset + view.getUint16(offset, littleEndian));
};
