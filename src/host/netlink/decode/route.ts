/** RTM_NEWROUTE → a Route, as `ip -j -d route show table all` prints it. */
import { type NextHop, type Route, routeTypes } from '../../../model/route.ts';
import { addressText, hexText } from '../wire/address-text.ts';
import {
  type Attributes,
  hasAttribute,
  littleEndian,
  nestedAttributes,
  readAttributes,
  readBytes,
  readText,
  readU8,
  readU32,
} from '../wire/attributes.ts';
import type { Message } from '../wire/messages.ts';
import { decodeEncapsulation } from './encapsulation.ts';
import { type LinkContext, linkNameOr } from './link-context.ts';
import { nameOf } from './names.ts';

/** RTA_* of linux/rtnetlink.h. */
const RTA = {
  DST: 1,
  SRC: 2,
  IIF: 3,
  OIF: 4,
  GATEWAY: 5,
  PRIORITY: 6,
  PREFSRC: 7,
  METRICS: 8,
  MULTIPATH: 9,
  FLOW: 11,
  CACHEINFO: 12,
  TABLE: 15,
  MARK: 16,
  VIA: 18,
  NEWDST: 19,
  PREF: 20,
  ENCAP_TYPE: 21,
  ENCAP: 22,
  UID: 25,
  TTL_PROPAGATE: 26,
  NH_ID: 30,
} as const;
const AF_INET6 = 10;
const RTM_F_CLONED = 0x200;

const flagNames: readonly (readonly [number, string])[] = [
  [1, 'dead'],
  [4, 'onlink'],
  [2, 'pervasive'],
  [8, 'offload'],
  [64, 'trap'],
  [0x100, 'notify'],
  [16, 'linkdown'],
  [32, 'unresolved'],
  [0x4000, 'rt_offload'],
  [0x8000, 'rt_trap'],
  [0x20000000, 'rt_offload_failed'],
];
const routeFlags = (flags: number): string[] => flagNames.filter(([bit]) => flags & bit).map(([, name]) => name);

const metricNames = [
  '',
  'lock',
  'mtu',
  'window',
  'rtt',
  'rttvar',
  'ssthresh',
  'cwnd',
  'advmss',
  'reordering',
  'hoplimit',
  'initcwnd',
  'features',
  'rto_min',
  'initrwnd',
  'quickack',
  'congctl',
  'fastopen_no_cookie',
];
/** RTAX_RTT is kept times 8, RTAX_RTTVAR times 4. */
const metricScale: Readonly<Record<number, number>> = { 4: 8, 5: 4 };

/** A locked metric (`mtu lock 1400`: path MTU discovery may not lower it) also has `<name>_lock: 1`, which ip's JSON loses. */
const decodeMetrics = (attributes: Attributes): readonly Record<string, number>[] | undefined => {
  if (!hasAttribute(attributes, RTA.METRICS)) return undefined;
  const metrics = nestedAttributes(attributes, RTA.METRICS);
  const locks = readU32(metrics, 1) ?? 0;
  const values: Record<string, number> = {};
  for (let type = 2; type < metricNames.length; type++) {
    const name = metricNames[type] ?? '';
    const value = type === 16 ? undefined : readU32(metrics, type);
    if (value !== undefined) values[name] = Math.floor(value / (metricScale[type] ?? 1));
    if (value !== undefined && locks & (1 << type)) values[`${name}_lock`] = 1;
  }
  return [values];
};

const realms = (value: number, context: LinkContext): string => {
  const from = value >>> 16;
  const to = value & 0xffff;
  return `${from ? `${nameOf(context.names.realms, from)}/` : ''}${nameOf(context.names.realms, to)}`;
};

/** Where to send: gateway, or a gateway of the other family (struct rtvia: family, address). */
const gateway = (attributes: Attributes, family: number): Partial<NextHop> => {
  const address = readBytes(attributes, RTA.GATEWAY);
  if (address !== undefined) return { gateway: addressText(address, family) };
  const via = readBytes(attributes, RTA.VIA);
  if (via === undefined || via.length < 6) return {};
  const viaFamily = new DataView(via.buffer, via.byteOffset).getUint16(0, littleEndian);
  return {
    via: {
      family: viaFamily === AF_INET6 ? 'inet6' : viaFamily === 2 ? 'inet' : String(viaFamily),
      host: addressText(via.subarray(2), viaFamily),
    },
  };
};

/** struct rtnexthop: length, flags, hops, ifindex, then attributes. */
const decodeNextHops = (
  attributes: Attributes,
  family: number,
  context: LinkContext,
): readonly NextHop[] | undefined => {
  const offset = attributes.at[RTA.MULTIPATH];
  const { view } = attributes;
  if (offset === undefined) return undefined;
  const end = offset + view.getUint16(offset - 4, littleEndian) - 4;
  const hops: NextHop[] = [];
  for (let at = offset; at + 8 <= end; ) {
    const length = view.getUint16(at, littleEndian);
    if (length < 8 || at + length > end) break;
    const inner = readAttributes(view, at + 8, at + length);
    const ifindex = view.getInt32(at + 4, littleEndian);
    const flow = readU32(inner, RTA.FLOW);
    hops.push({
      ...decodeEncapsulation(inner, RTA.ENCAP_TYPE, RTA.ENCAP),
      ...gateway(inner, family),
      ...(ifindex > 0 ? { dev: linkNameOr(context, ifindex) } : {}),
      ...(flow === undefined ? {} : { realms: realms(flow, context) }),
      weight: view.getUint8(at + 3) + 1,
      flags: routeFlags(view.getUint8(at + 2)),
    });
    at += (length + 3) & ~3;
  }
  return hops;
};

const prefix = (bytes: Uint8Array | undefined, length: number, family: number): string => {
  const full = family === 2 ? 32 : 128;
  if (bytes === undefined) return length === 0 ? 'default' : `0/${length}`;
  return length === full ? addressText(bytes, family) : `${addressText(bytes, family)}/${length}`;
};

const expiry = (attributes: Attributes, family: number, cloned: boolean): Record<string, number> => {
  const bytes = readBytes(attributes, RTA.CACHEINFO);
  if (family !== AF_INET6 || bytes === undefined || bytes.length < 12) return {};
  // struct rta_cacheinfo: clntref, lastuse, expires (USER_HZ ticks), error.
  const expires = new DataView(bytes.buffer, bytes.byteOffset).getInt32(8, littleEndian);
  return cloned || expires ? { expires: Math.trunc(expires / 100) } : {};
};

const rest = (attributes: Attributes, context: LinkContext): Record<string, unknown> => {
  const mark = readU32(attributes, RTA.MARK);
  const flow = readU32(attributes, RTA.FLOW);
  const uid = readU32(attributes, RTA.UID);
  const metrics = decodeMetrics(attributes);
  const congestion = readText(nestedAttributes(attributes, RTA.METRICS), 16);
  const iif = readU32(attributes, RTA.IIF);
  const pref = readU8(attributes, RTA.PREF);
  const propagate = readU8(attributes, RTA.TTL_PROPAGATE);
  return {
    ...(mark ? { mark: mark >= 16 ? hexText(mark) : mark } : {}),
    ...(flow === undefined ? {} : { flow: realms(flow, context) }),
    ...(uid === undefined ? {} : { uid }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(congestion === undefined ? {} : { congctl: congestion }),
    ...(iif === undefined ? {} : { iif: linkNameOr(context, iif) }),
    ...(pref === undefined ? {} : { pref: ['medium', 'high', '', 'low'][pref] ?? String(pref) }),
    ...(propagate === undefined ? {} : { 'ttl-propagate': propagate !== 0 }),
  };
};

/** Undefined for the families of multicast routing (128, 129) and for cached routes. */
export const decodeRoute = (view: DataView, message: Message, context: LinkContext): Route | undefined => {
  const family = view.getUint8(message.body);
  const flags = view.getUint32(message.body + 8, littleEndian);
  if ((family !== 2 && family !== AF_INET6) || flags & RTM_F_CLONED) return undefined;
  const attributes = readAttributes(view, message.body + 12, message.end);
  const type = view.getUint8(message.body + 7);
  const sourceLength = view.getUint8(message.body + 2);
  const source = readBytes(attributes, RTA.SRC);
  const newDst = readBytes(attributes, RTA.NEWDST);
  const tos = view.getUint8(message.body + 3);
  const nhid = readU32(attributes, RTA.NH_ID);
  const oif = readU32(attributes, RTA.OIF);
  const prefsrc = readBytes(attributes, RTA.PREFSRC);
  const metric = readU32(attributes, RTA.PRIORITY);
  const nexthops = decodeNextHops(attributes, family, context);
  const table = readU32(attributes, RTA.TABLE) ?? view.getUint8(message.body + 4);
  return {
    type: routeTypes[type] ?? String(type),
    dst: prefix(readBytes(attributes, RTA.DST), view.getUint8(message.body + 1), family),
    ...(source !== undefined || sourceLength > 0 ? { from: prefix(source, sourceLength, family) } : {}),
    ...(newDst === undefined ? {} : { to: addressText(newDst, family) }),
    ...decodeEncapsulation(attributes, RTA.ENCAP_TYPE, RTA.ENCAP),
    ...(tos ? { tos: context.names.dsfields.get(tos) ?? `0x${tos.toString(16).padStart(2, '0')}` } : {}),
    ...(nhid === undefined ? {} : { nhid }),
    ...gateway(attributes, family),
    ...(oif === undefined ? {} : { dev: linkNameOr(context, oif) }),
    table: nameOf(context.names.tables, table),
    protocol: nameOf(context.names.protocols, view.getUint8(message.body + 5)),
    scope: nameOf(context.names.scopes, view.getUint8(message.body + 6)),
    ...(prefsrc === undefined ? {} : { prefsrc: addressText(prefsrc, family) }),
    ...(metric === undefined ? {} : { metric }),
    flags: routeFlags(flags),
    ...rest(attributes, context),
    ...(nexthops === undefined ? {} : { nexthops }),
    ...expiry(attributes, family, (flags & RTM_F_CLONED) !== 0),
  };
};
