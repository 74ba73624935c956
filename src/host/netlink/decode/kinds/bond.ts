/** IFLA_BOND_* and IFLA_BOND_SLAVE_*: a bond, and what a link is as its port. */
import { type Attributes, nestedAttributes, readU8, readU32 } from '../../wire/attributes.ts';
import type { LinkContext } from '../link-context.ts';
import { addresses, decodeFields, type Field, linkNamed, mac, oneOf, u8, u16, u32 } from './fields.ts';

const modes = {
  0: 'balance-rr',
  1: 'active-backup',
  2: 'balance-xor',
  3: 'broadcast',
  4: '802.3ad',
  5: 'balance-tlb',
  6: 'balance-alb',
};
const hashPolicies = { 0: 'layer2', 1: 'layer3+4', 2: 'layer2+3', 3: 'encap2+3', 4: 'encap3+4', 5: 'vlan+srcmac' };
const validation = { 1: 'active', 2: 'backup', 3: 'all', 4: 'filter', 5: 'filter_active', 6: 'filter_backup' };

const bondFields: readonly Field[] = [
  ['mode', 1, oneOf(readU8, modes)],
  ['active_slave', 2, linkNamed],
  ['miimon', 3, u32],
  ['updelay', 4, u32],
  ['downdelay', 5, u32],
  ['peer_notify_delay', 28, u32],
  ['use_carrier', 6, u8],
  ['arp_interval', 7, u32],
  ['arp_missed_max', 30, u8],
  ['arp_ip_target', 8, addresses(4)],
  ['ns_ip6_target', 31, addresses(16)],
  // ip writes null for "none".
  [
    'arp_validate',
    9,
    (a, type) => {
      const value = readU32(a, type);
      return value === undefined ? undefined : value === 0 ? null : oneOf(readU32, validation)(a, type, noLinks);
    },
  ],
  ['arp_all_targets', 10, oneOf(readU32, { 0: 'any', 1: 'all' })],
  ['primary', 11, linkNamed],
  ['primary_reselect', 12, oneOf(readU8, { 0: 'always', 1: 'better', 2: 'failure' })],
  ['fail_over_mac', 13, oneOf(readU8, { 0: 'none', 1: 'active', 2: 'follow' })],
  ['xmit_hash_policy', 14, oneOf(readU8, hashPolicies)],
  ['resend_igmp', 15, u32],
  ['num_peer_notif', 16, u8],
  ['all_slaves_active', 17, u8],
  ['min_links', 18, u32],
  ['lp_interval', 19, u32],
  ['packets_per_slave', 20, u32],
  ['ad_lacp_active', 29, oneOf(readU8, { 0: 'off', 1: 'on' })],
  ['ad_lacp_rate', 21, oneOf(readU8, { 0: 'slow', 1: 'fast' })],
  ['ad_select', 22, oneOf(readU8, { 0: 'stable', 1: 'bandwidth', 2: 'count' })],
  ['ad_info', 23, (a, type, context) => decodeFields(aggregatorFields, nestedAttributes(a, type), context)],
  ['ad_actor_sys_prio', 24, u16],
  ['ad_user_port_key', 25, u16],
  ['ad_actor_system', 26, mac],
  ['tlb_dynamic_lb', 27, u8],
];

const aggregatorFields: readonly Field[] = [
  ['aggregator', 1, u16],
  ['num_ports', 2, u16],
  ['actor_key', 3, u16],
  ['partner_key', 4, u16],
  ['partner_mac', 5, mac],
];

const noLinks = { nameOf: () => undefined, isUp: () => undefined } as unknown as LinkContext;

export const decodeBond = (attributes: Attributes, context: LinkContext): Record<string, unknown> =>
  decodeFields(bondFields, attributes, context);

const portFields: readonly Field[] = [
  ['state', 1, oneOf(readU8, { 0: 'ACTIVE', 1: 'BACKUP' })],
  ['mii_status', 2, oneOf(readU8, { 0: 'UP', 1: 'GOING_DOWN', 2: 'DOWN', 3: 'GOING_BACK' })],
  ['link_failure_count', 3, u32],
  ['perm_hwaddr', 4, mac],
  ['queue_id', 5, u16],
  ['prio', 9, u32],
  ['ad_aggregator_id', 6, u16],
  ['ad_actor_oper_port_state', 7, u8],
  ['ad_partner_oper_port_state', 8, u16],
];

export const decodeBondPort = (attributes: Attributes, context: LinkContext): Record<string, unknown> =>
  decodeFields(portFields, attributes, context);
