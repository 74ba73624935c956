/** RTM_NEWRULE → a PolicyRule, as `ip -j -d rule show` prints it. */

import type { PolicyRule } from '../../../model/route.ts';
import { routeTypes } from '../../../model/route.ts';
import { addressText, hexText } from '../wire/address-text.ts';
import {
  type Attributes,
  littleEndian,
  readAttributes,
  readBytes,
  readText,
  readU8,
  readU32,
  u64At,
} from '../wire/attributes.ts';
import type { Message } from '../wire/messages.ts';
import type { LinkContext } from './link-context.ts';
import { nameOf } from './names.ts';

/** FRA_* of linux/fib_rules.h. */
const FRA = {
  DST: 1,
  SRC: 2,
  IIFNAME: 3,
  GOTO: 4,
  PRIORITY: 6,
  FWMARK: 10,
  FLOW: 11,
  TUN_ID: 12,
  SUPPRESS_IFGROUP: 13,
  SUPPRESS_PREFIXLEN: 14,
  TABLE: 15,
  FWMASK: 16,
  OIFNAME: 17,
  L3MDEV: 19,
  UID_RANGE: 20,
  PROTOCOL: 21,
  IP_PROTO: 22,
  SPORT_RANGE: 23,
  DPORT_RANGE: 24,
} as const;
const RULE = { INVERT: 2, UNRESOLVED: 4, IIF_DETACHED: 8, OIF_DETACHED: 0x10 } as const;
const ACTION = { TO_TABLE: 1, GOTO: 2, NOP: 3 } as const;

const protocolNames: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'ipv6-icmp',
  132: 'sctp',
};

const ends = (
  attributes: Attributes,
  family: number,
  type: number,
  length: number,
  key: 'src' | 'dst',
): Record<string, unknown> => {
  const full = family === 2 ? 32 : 128;
  const bytes = readBytes(attributes, type);
  if (bytes !== undefined)
    return { [key]: addressText(bytes, family), ...(length === full ? {} : { [`${key}len`]: length }) };
  if (length > 0) return { [key]: '0', [`${key}len`]: length };
  return key === 'src' ? { src: 'all' } : {};
};

/** struct fib_rule_port_range, host byte order. */
const ports = (attributes: Attributes, type: number, key: 'sport' | 'dport'): Record<string, number> => {
  const bytes = readBytes(attributes, type);
  if (bytes === undefined || bytes.length < 4) return {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, 4);
  const [first, last] = [view.getUint16(0, littleEndian), view.getUint16(2, littleEndian)];
  return first === last ? { [key]: first } : { [`${key}_start`]: first, [`${key}_end`]: last };
};

const users = (attributes: Attributes): Record<string, number> => {
  const bytes = readBytes(attributes, FRA.UID_RANGE);
  if (bytes === undefined || bytes.length < 8) return {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return { uid_start: view.getUint32(0, littleEndian), uid_end: view.getUint32(4, littleEndian) };
};

const matches = (attributes: Attributes, flags: number, tos: number, context: LinkContext): Record<string, unknown> => {
  const mark = readU32(attributes, FRA.FWMARK) ?? 0;
  const mask = readU32(attributes, FRA.FWMASK);
  const iif = readText(attributes, FRA.IIFNAME);
  const oif = readText(attributes, FRA.OIFNAME);
  const proto = readU8(attributes, FRA.IP_PROTO);
  const tunnel = readBytes(attributes, FRA.TUN_ID);
  return {
    ...(tos ? { tos: context.names.dsfields.get(tos) ?? `0x${tos.toString(16).padStart(2, '0')}` } : {}),
    ...(mark || mask
      ? { fwmark: hexText(mark), ...(mask !== undefined && mask !== 0xffffffff ? { fwmask: hexText(mask) } : {}) }
      : {}),
    ...(iif === undefined ? {} : { iif, ...(flags & RULE.IIF_DETACHED ? { iif_detached: null } : {}) }),
    ...(oif === undefined ? {} : { oif, ...(flags & RULE.OIF_DETACHED ? { oif_detached: null } : {}) }),
    ...(readU8(attributes, FRA.L3MDEV) ? { l3mdev: null } : {}),
    ...users(attributes),
    ...(proto === undefined ? {} : { ipproto: protocolNames[proto] ?? String(proto) }),
    ...ports(attributes, FRA.SPORT_RANGE, 'sport'),
    ...ports(attributes, FRA.DPORT_RANGE, 'dport'),
    ...(tunnel === undefined || tunnel.length < 8
      ? {}
      : {
          tun_id: u64At(
            new DataView(
              [...tunnel].reverse().reduce((buffer, byte, i) => {
                buffer[i] = byte;
                return buffer;
              }, new Uint8Array(8)).buffer,
            ),
            0,
          ),
        }),
  };
};

const actions = (
  attributes: Attributes,
  action: number,
  flags: number,
  table: number,
  context: LinkContext,
): Record<string, unknown> => {
  const suppressed = readU32(attributes, FRA.SUPPRESS_PREFIXLEN);
  const group = readU32(attributes, FRA.SUPPRESS_IFGROUP);
  const flow = readU32(attributes, FRA.FLOW);
  const target = readU32(attributes, FRA.GOTO);
  return {
    ...(table
      ? {
          table: nameOf(context.names.tables, table),
          ...(suppressed === undefined || suppressed === 0xffffffff ? {} : { suppress_prefixlen: suppressed }),
          ...(group === undefined || group === 0xffffffff
            ? {}
            : { suppress_ifgroup: nameOf(context.names.groups, group) }),
        }
      : {}),
    ...(flow
      ? {
          ...(flow >>> 16 ? { flow_from: nameOf(context.names.realms, flow >>> 16) } : {}),
          flow_to: nameOf(context.names.realms, flow & 0xffff),
        }
      : {}),
    ...(action === ACTION.GOTO
      ? { goto: target ?? 'none', ...(flags & RULE.UNRESOLVED ? { unresolved: null } : {}) }
      : action === ACTION.NOP
        ? { nop: null }
        : action === ACTION.TO_TABLE
          ? {}
          : { action: routeTypes[action] ?? String(action) }),
  };
};

/** Undefined for the families of multicast routing (RTNL_FAMILY_IPMR, IP6MR), which an AF_UNSPEC dump brings along. */
export const decodePolicyRule = (view: DataView, message: Message, context: LinkContext): PolicyRule | undefined => {
  const family = view.getUint8(message.body);
  if (family !== 2 && family !== 10) return undefined;
  const flags = view.getUint32(message.body + 8, littleEndian);
  const attributes = readAttributes(view, message.body + 12, message.end);
  const protocol = readU8(attributes, FRA.PROTOCOL);
  return {
    family: family === 2 ? 'inet' : 'inet6',
    priority: readU32(attributes, FRA.PRIORITY) ?? 0,
    ...(flags & RULE.INVERT ? { not: null } : {}),
    ...(ends(attributes, family, FRA.SRC, view.getUint8(message.body + 2), 'src') as { src: string }),
    ...ends(attributes, family, FRA.DST, view.getUint8(message.body + 1), 'dst'),
    ...matches(attributes, flags, view.getUint8(message.body + 3), context),
    ...actions(
      attributes,
      view.getUint8(message.body + 7),
      flags,
      readU32(attributes, FRA.TABLE) ?? view.getUint8(message.body + 4),
      context,
    ),
    ...(protocol === undefined ? {} : { protocol: nameOf(context.names.protocols, protocol) }),
  };
};
