/** IFLA_GRE_*, IFLA_IPTUN_*, IFLA_VTI_*, IFLA_XFRM_*: IP tunnels. */

import { hexText, ipv4Text, ipv6Text } from '../../wire/address-text.ts';
import { type Attributes, hasAttribute, readBe32, readBytes, readU8, readU16, readU32 } from '../../wire/attributes.ts';
import type { LinkContext } from '../link-context.ts';
import {
  address,
  decodeFields,
  endpoint,
  type Field,
  flag,
  hexAlways16,
  hexAlways32,
  hexU8,
  hexU32,
  linkNamed,
  oneOf,
  u8,
  u32,
} from './fields.ts';

type Data = Record<string, unknown>;

/** TUNNEL_ENCAP_*: UDP wrapping of IP tunnels. `first` is the attribute of the type; flags, sport, dport follow. */
const encapsulation = (attributes: Attributes, first: number): Data => {
  const type = readU16(attributes, first);
  if (!type) return {};
  const flags = readU16(attributes, first + 1) ?? 0;
  const bytes = (offset: number): number | undefined => {
    const be = readBytes(attributes, first + offset);
    return be === undefined || be.length < 2 ? undefined : ((be[0] ?? 0) << 8) | (be[1] ?? 0);
  };
  return {
    encap: {
      type: type === 1 ? 'fou' : type === 2 ? 'gue' : 'unknown',
      sport: bytes(2) ?? 0,
      dport: bytes(3) ?? 0,
      csum: (flags & 1) !== 0,
      csum6: (flags & 2) !== 0,
      remcsum: (flags & 4) !== 0,
    },
  };
};

const GRE_CSUM = 0x80;
const GRE_KEY = 0x20;
const GRE_SEQ = 0x10;

/** IFLA_GRE_IFLAGS and OFLAGS are __be16: their first byte carries C, K and S. */
const greKeys = (attributes: Attributes): Data => {
  const input = readBytes(attributes, 2)?.[0] ?? 0;
  const output = readBytes(attributes, 3)?.[0] ?? 0;
  const key = (type: number): string => {
    const bytes = readBytes(attributes, type);
    return bytes === undefined || bytes.length < 4 ? '0.0.0.0' : ipv4Text(bytes);
  };
  return {
    ...(input & GRE_KEY ? { ikey: key(4) } : {}),
    ...(output & GRE_KEY ? { okey: key(5) } : {}),
    ...(input & GRE_SEQ ? { iseq: true } : {}),
    ...(output & GRE_SEQ ? { oseq: true } : {}),
    ...(input & GRE_CSUM ? { icsum: true } : {}),
    ...(output & GRE_CSUM ? { ocsum: true } : {}),
  };
};

const erspanFields: readonly Field[] = [
  ['erspan_index', 21, u32],
  ['erspan_ver', 22, u8],
  ['erspan_dir', 23, oneOf(readU8, { 0: 'ingress', 1: 'egress' })],
  ['erspan_hwid', 24, hexAlways16],
];

const greFields: readonly Field[] = [
  ['remote', 7, endpoint],
  ['local', 6, endpoint],
  ['link', 1, linkNamed],
  ['ttl', 8, u8],
  ['tos', 9, hexU8],
  ['external', 18, flag],
  ['fwmark', 20, hexU32],
];

export const decodeGre = (attributes: Attributes, context: LinkContext): Data => ({
  ...decodeFields(greFields, attributes, context),
  ...(hasAttribute(attributes, 10) ? { pmtudisc: readU8(attributes, 10) !== 0 } : {}),
  ...greKeys(attributes),
  ...(readU8(attributes, 19) ? { ignore_df: true } : {}),
  ...decodeFields(erspanFields, attributes, context),
  ...encapsulation(attributes, 14),
});

/** IP6_TNL_F_* of linux/ip6_tunnel.h. */
const IP6_TUNNEL = {
  ignoreEncapLimit: 1,
  origTclass: 2,
  origFlowlabel: 4,
  mip6: 8,
  dscpCopy: 0x10,
  origFwmark: 0x20,
  localRemote: 0x40,
};

const sixFlags = (
  attributes: Attributes,
  flagsType: number,
  limitType: number,
  flowType: number,
  markType: number,
): Data => {
  const flags = readU32(attributes, flagsType) ?? 0;
  const flow = readBe32(attributes, flowType);
  const mark = readU32(attributes, markType);
  const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;
  return {
    ...(flags & IP6_TUNNEL.ignoreEncapLimit
      ? { ip6_tnl_f_ign_encap_limit: true }
      : hasAttribute(attributes, limitType)
        ? { encap_limit: readU8(attributes, limitType) }
        : {}),
    ...(flags & IP6_TUNNEL.origTclass
      ? { ip6_tnl_f_use_orig_tclass: true }
      : flow === undefined
        ? {}
        : { tclass: hex((flow >>> 20) & 0xff, 2) }),
    ...(flags & IP6_TUNNEL.origFlowlabel
      ? { ip6_tnl_f_use_orig_flowlabel: true }
      : flow === undefined
        ? {}
        : { flowlabel: hex(flow & 0xfffff, 5) }),
    ...(flags & IP6_TUNNEL.dscpCopy ? { ip6_tnl_f_rcv_dscp_copy: true } : {}),
    ...(flags & IP6_TUNNEL.mip6 ? { ip6_tnl_f_mip6_dev: true } : {}),
    ...(flags & IP6_TUNNEL.localRemote ? { ip6_tnl_f_allow_local_remote: true } : {}),
    ...(flags & IP6_TUNNEL.origFwmark ? { ip6_tnl_f_use_orig_fwmark: true } : mark ? { fwmark: hexText(mark) } : {}),
  };
};

const gre6Fields: readonly Field[] = [
  ['external', 18, flag],
  ['remote', 7, endpoint],
  ['local', 6, endpoint],
  ['link', 1, linkNamed],
  ['ttl', 8, u8],
];

export const decodeGre6 = (attributes: Attributes, context: LinkContext): Data => ({
  ...decodeFields(gre6Fields, attributes, context),
  ...sixFlags(attributes, 13, 11, 12, 20),
  ...greKeys(attributes),
  ...decodeFields(erspanFields, attributes, context),
  ...encapsulation(attributes, 14),
});

const ipTunnelFields = (protocols: Readonly<Record<number, string>>): readonly Field[] => [
  ['external', 19, flag],
  ['proto', 9, oneOf(readU8, protocols)],
  ['remote', 3, endpoint],
  ['local', 2, endpoint],
  ['link', 1, linkNamed],
  ['ttl', 4, u8],
];

const fourFields: readonly Field[] = [
  ...ipTunnelFields({ 4: 'ipip', 41: 'ip6ip', 137: 'mplsip', 0: 'any' }),
  ['tos', 5, hexU8],
  ['fwmark', 20, hexU32],
];
const sixFields: readonly Field[] = ipTunnelFields({ 4: 'ipip6', 41: 'ip6ip6', 0: 'any' });

/** 6rd prefixes of sit. */
const sixRapidDeployment = (attributes: Attributes): Data => {
  const prefix = readBytes(attributes, 11);
  const length = readU16(attributes, 13);
  if (prefix === undefined || prefix.length < 16 || !length) return {};
  const relay = readBytes(attributes, 12);
  const relayed = relay !== undefined && relay.length >= 4 && relay.some((byte) => byte !== 0);
  return {
    prefix: ipv6Text(prefix),
    prefixlen: length,
    ...(relayed ? { relay_prefix: ipv4Text(relay), relay_prefixlen: readU16(attributes, 14) ?? 0 } : {}),
  };
};

export const decodeIpTunnel = (attributes: Attributes, context: LinkContext): Data => ({
  ...decodeFields(fourFields, attributes, context),
  ...(hasAttribute(attributes, 10) ? { pmtudisc: readU8(attributes, 10) !== 0 } : {}),
  ...((readU16(attributes, 8) ?? 0) & 1 ? { isatap: true } : {}),
  ...sixRapidDeployment(attributes),
  ...encapsulation(attributes, 15),
});

export const decodeIp6Tunnel = (attributes: Attributes, context: LinkContext): Data => ({
  ...decodeFields(sixFields, attributes, context),
  ...sixFlags(attributes, 8, 6, 7, 20),
  ...encapsulation(attributes, 15),
});

/** Keys are written as dotted quads (link_vti.c), and only when there is one. */
export const vtiFields: readonly Field[] = [
  ['remote', 5, endpoint],
  ['local', 4, endpoint],
  ['link', 1, linkNamed],
  ['ikey', 2, address],
  ['okey', 3, address],
  ['fwmark', 6, hexU32],
];

export const xfrmFields: readonly Field[] = [
  ['link', 1, linkNamed],
  ['if_id', 2, hexAlways32],
  ['external', 3, flag],
];
