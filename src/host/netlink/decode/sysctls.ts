/** The per-link sysctls that ride along in every link message (IFLA_AF_SPEC): no file has to be read for them. */
import { littleEndian, nestedAttributes, readAttributes, readBytes, readText } from '../wire/attributes.ts';
import type { Message } from '../wire/messages.ts';

const IFLA_IFNAME = 3;
const IFLA_AF_SPEC = 26;
const AF_INET = 2;
const AF_INET6 = 10;
const IFLA_INET_CONF = 1;
const IFLA_INET6_CONF = 2;

/** IPV4_DEVCONF_* of linux/ip.h: number → sysctl; the array in the message begins with number 1. */
export const ipv4Conf: Readonly<Record<number, string>> = {
  1: 'forwarding',
  2: 'mc_forwarding',
  3: 'proxy_arp',
  4: 'accept_redirects',
  5: 'secure_redirects',
  6: 'send_redirects',
  7: 'shared_media',
  8: 'rp_filter',
  9: 'accept_source_route',
  11: 'log_martians',
  13: 'arp_filter',
  15: 'disable_xfrm',
  16: 'disable_policy',
  18: 'arp_announce',
  19: 'arp_ignore',
  20: 'promote_secondaries',
  21: 'arp_accept',
  22: 'arp_notify',
  23: 'accept_local',
  24: 'src_valid_mark',
  25: 'proxy_arp_pvlan',
  26: 'route_localnet',
  29: 'ignore_routes_with_linkdown',
  30: 'drop_unicast_in_l2_multicast',
  31: 'drop_gratuitous_arp',
  32: 'bc_forwarding',
  33: 'arp_evict_nocarrier',
};

/** DEVCONF_* of linux/ipv6.h: index in the array → sysctl. */
export const ipv6Conf: Readonly<Record<number, string>> = {
  0: 'forwarding',
  1: 'hop_limit',
  2: 'mtu',
  3: 'accept_ra',
  4: 'accept_redirects',
  5: 'autoconf',
  6: 'dad_transmits',
  22: 'proxy_ndp',
  24: 'accept_source_route',
  26: 'disable_ipv6',
  27: 'accept_dad',
  32: 'suppress_frag_ndisc',
  33: 'accept_ra_from_local',
  37: 'use_oif_addrs_only',
  39: 'ignore_routes_with_linkdown',
  40: 'drop_unicast_in_l2_multicast',
  42: 'keep_addr_on_down',
  48: 'disable_policy',
  51: 'rpl_seg_enabled',
  56: 'ndisc_evict_nocarrier',
};

const addConf = (
  to: Record<string, string>,
  prefix: string,
  names: Readonly<Record<number, string>>,
  first: number,
  bytes: Uint8Array,
): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let index = 0; (index + 1) * 4 <= bytes.length; index++) {
    const name = names[index + first];
    if (name !== undefined) to[prefix + name] = String(view.getInt32(index * 4, littleEndian));
  }
};

export const linkSysctls = (view: DataView, message: Message): Record<string, string> | undefined => {
  if (view.getUint8(message.body) !== 0) return undefined;
  const attributes = readAttributes(view, message.body + 16, message.end);
  const name = readText(attributes, IFLA_IFNAME);
  if (name === undefined) return undefined;
  const families = nestedAttributes(attributes, IFLA_AF_SPEC);
  const values: Record<string, string> = {};
  const four = readBytes(nestedAttributes(families, AF_INET), IFLA_INET_CONF);
  if (four !== undefined) addConf(values, `ipv4.conf.${name}.`, ipv4Conf, 1, four);
  const six = readBytes(nestedAttributes(families, AF_INET6), IFLA_INET6_CONF);
  if (six !== undefined) addConf(values, `ipv6.conf.${name}.`, ipv6Conf, 0, six);
  return values;
};
