/** RTM_NEWLINK → a Link, as `ip -j -d -s link` prints it. */
import type { Link } from '../../../model/link.ts';
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
} from '../wire/attributes.ts';
import type { Message } from '../wire/messages.ts';
import { xdpSummary } from './kinds/simple.ts';
import { type LinkContext, linkNameOr } from './link-context.ts';
import { linkFlags } from './link-flags.ts';
import { decodeBriefLinkInfo, decodeLinkInfo } from './link-info.ts';
import { decodeStats } from './link-stats.ts';
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

const IFF_POINTOPOINT = 0x10;

const operStates = ['UNKNOWN', 'NOTPRESENT', 'DOWN', 'LOWERLAYERDOWN', 'TESTING', 'DORMANT', 'UP'];

/** Tunnel links carry their local IP address instead of a MAC (ll_addr_n2a). */
const ipAddressed4 = new Set([768, 776, 778]);
const ipAddressed6 = new Set([769, 823]);
const linkAddress = (bytes: Uint8Array, linkType: number): string => {
  if (bytes.length === 4 && ipAddressed4.has(linkType)) return addressText(bytes, 2);
  if (bytes.length === 16 && ipAddressed6.has(linkType)) return addressText(bytes, 10);
  return macText(bytes);
};

type Facts = Record<string, unknown>;

/** The lower link or peer: a name when it lies in this netns, else its ifindex there. */
const addLowerLink = (facts: Facts, attributes: Attributes, context: LinkContext): void => {
  const ifindex = readU32(attributes, IFLA.LINK);
  const nsid = readI32(attributes, IFLA.LINK_NETNSID);
  if (ifindex === 0) facts['link'] = null;
  else if (ifindex !== undefined && nsid !== undefined) facts['link_index'] = ifindex;
  else if (ifindex !== undefined) facts['link'] = linkNameOr(context, ifindex);
  if (nsid !== undefined) facts['link_netnsid'] = nsid;
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

const hexBytes = (attributes: Attributes, type: number): string | undefined => {
  const bytes = readBytes(attributes, type);
  return bytes === undefined ? undefined : macText(bytes).replaceAll(':', '');
};

/** Numbers that ip prints as they are. Written out: V8 turns an object that gets many keys in a loop into a slow dictionary. */
const addNumbers = (facts: Facts, attributes: Attributes): void => {
  const promiscuity = readU32(attributes, IFLA.PROMISCUITY);
  if (promiscuity !== undefined) facts['promiscuity'] = promiscuity;
  const allmulti = readU32(attributes, IFLA.ALLMULTI);
  if (allmulti !== undefined) facts['allmulti'] = allmulti;
  const minMtu = readU32(attributes, IFLA.MIN_MTU);
  if (minMtu !== undefined) facts['min_mtu'] = minMtu;
  const maxMtu = readU32(attributes, IFLA.MAX_MTU);
  if (maxMtu !== undefined) facts['max_mtu'] = maxMtu;
  const numTxQueues = readU32(attributes, IFLA.NUM_TX_QUEUES);
  if (numTxQueues !== undefined) facts['num_tx_queues'] = numTxQueues;
  const numRxQueues = readU32(attributes, IFLA.NUM_RX_QUEUES);
  if (numRxQueues !== undefined) facts['num_rx_queues'] = numRxQueues;
  const gsoMaxSize = readU32(attributes, IFLA.GSO_MAX_SIZE);
  if (gsoMaxSize !== undefined) facts['gso_max_size'] = gsoMaxSize;
  const gsoMaxSegs = readU32(attributes, IFLA.GSO_MAX_SEGS);
  if (gsoMaxSegs !== undefined) facts['gso_max_segs'] = gsoMaxSegs;
  const tsoMaxSize = readU32(attributes, IFLA.TSO_MAX_SIZE);
  if (tsoMaxSize !== undefined) facts['tso_max_size'] = tsoMaxSize;
  const tsoMaxSegs = readU32(attributes, IFLA.TSO_MAX_SEGS);
  if (tsoMaxSegs !== undefined) facts['tso_max_segs'] = tsoMaxSegs;
  const groMaxSize = readU32(attributes, IFLA.GRO_MAX_SIZE);
  if (groMaxSize !== undefined) facts['gro_max_size'] = groMaxSize;
  const gsoIpv4MaxSize = readU32(attributes, IFLA.GSO_IPV4_MAX_SIZE);
  if (gsoIpv4MaxSize !== undefined) facts['gso_ipv4_max_size'] = gsoIpv4MaxSize;
  const groIpv4MaxSize = readU32(attributes, IFLA.GRO_IPV4_MAX_SIZE);
  if (groIpv4MaxSize !== undefined) facts['gro_ipv4_max_size'] = groIpv4MaxSize;
  const newIfindex = readU32(attributes, IFLA.NEW_IFINDEX);
  if (newIfindex !== undefined) facts['new_ifindex'] = newIfindex;
};

const addRareFacts = (facts: Facts, attributes: Attributes): void => {
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
  if (hasAttribute(attributes, IFLA.XDP)) {
    const xdp = nestedAttributes(attributes, IFLA.XDP);
    set('xdp', xdpSummary(readU8(xdp, 2), readU32(xdp, 4)));
  }
  set('ifalias', readText(attributes, IFLA.IFALIAS));
  if (hasAttribute(attributes, IFLA.PROP_LIST)) {
    const alternatives = altNames(attributes);
    if (alternatives.length > 0) facts['altnames'] = alternatives;
  }
};

const addAddresses = (facts: Facts, attributes: Attributes, linkType: number, flags: number): void => {
  const address = readBytes(attributes, IFLA.ADDRESS);
  const broadcast = readBytes(attributes, IFLA.BROADCAST);
  const permanent = readBytes(attributes, IFLA.PERM_ADDRESS);
  if (address !== undefined) facts['address'] = linkAddress(address, linkType);
  if (broadcast !== undefined) {
    if (flags & IFF_POINTOPOINT) facts['link_pointtopoint'] = true;
    facts['broadcast'] = linkAddress(broadcast, linkType);
  }
  const text = permanent === undefined ? undefined : linkAddress(permanent, linkType);
  if (text !== undefined && text !== facts['address']) facts['permaddr'] = text;
};

const linkMode = (mode: number): string => (mode === 0 ? 'DEFAULT' : mode === 1 ? 'DORMANT' : String(mode));

const addState = (facts: Facts, attributes: Attributes, context: LinkContext): void => {
  const qdisc = readText(attributes, IFLA.QDISC);
  if (qdisc !== undefined) facts['qdisc'] = qdisc;
  const master = readU32(attributes, IFLA.MASTER);
  if (master) facts['master'] = linkNameOr(context, master);
  facts['operstate'] = operStates[readU8(attributes, IFLA.OPERSTATE) ?? 0] ?? 'UNKNOWN';
  const mode = readU8(attributes, IFLA.LINKMODE);
  if (mode !== undefined) facts['linkmode'] = linkMode(mode);
  const group = readU32(attributes, IFLA.GROUP);
  if (group !== undefined) facts['group'] = nameOf(context.names.groups, group);
  const queue = readU32(attributes, IFLA.TXQLEN);
  if (queue) facts['txqlen'] = queue;
};

/** What every link has; undefined for AF_BRIDGE messages, which are about a link as a bridge port only. */
const decodeCommon = (
  view: DataView,
  message: Message,
  context: LinkContext,
): { readonly facts: Facts; readonly attributes: Attributes } | undefined => {
  if (view.getUint8(message.body) !== 0) return undefined;
  const linkType = view.getUint16(message.body + 2, littleEndian);
  const ifindex = view.getInt32(message.body + 4, littleEndian);
  const flags = view.getUint32(message.body + 8, littleEndian);
  const attributes = readAttributes(view, message.body + 16, message.end);
  const ifname = readText(attributes, IFLA.IFNAME);
  if (ifname === undefined || ifindex <= 0) throw new RangeError('link message without a name or ifindex');
  const flagList = linkFlags(flags);
  const facts: Facts = { ifindex, ifname };
  addLowerLink(facts, attributes, context);
  const lowerIndex = facts['link'] === undefined ? undefined : readU32(attributes, IFLA.LINK);
  if (lowerIndex && context.isUp(lowerIndex) === false) flagList.push('M-DOWN');
  facts['flags'] = flagList;
  facts['mtu'] = readU32(attributes, IFLA.MTU) ?? 0;
  addState(facts, attributes, context);
  facts['link_type'] = linkTypeName(linkType);
  addAddresses(facts, attributes, linkType, flags);
  return { facts, attributes };
};

/** Built in place: a host has thousands of these. */
export const decodeLink = (view: DataView, message: Message, context: LinkContext): Link | undefined => {
  const common = decodeCommon(view, message, context);
  if (common === undefined) return undefined;
  const { facts, attributes } = common;
  addNumbers(facts, attributes);
  const info = decodeLinkInfo(attributes, context);
  if (info !== undefined) facts['linkinfo'] = info;
  const genMode = addressMode(attributes);
  if (genMode !== undefined) facts['inet6_addr_gen_mode'] = genMode;
  const stats = readBytes(attributes, IFLA.STATS64);
  const stats64 = stats === undefined ? undefined : decodeStats(stats);
  if (stats64 !== undefined) facts['stats64'] = stats64;
  addRareFacts(facts, attributes);
  return facts as unknown as Link;
};

/** As above, less what only a look at this one link needs: see `briefLinks`. */
export const decodeBriefLink = (view: DataView, message: Message, context: LinkContext): Link | undefined => {
  const common = decodeCommon(view, message, context);
  if (common === undefined) return undefined;
  const { facts, attributes } = common;
  const info = decodeBriefLinkInfo(attributes, context);
  if (info !== undefined) facts['linkinfo'] = info;
  addRareFacts(facts, attributes);
  return facts as unknown as Link;
};
