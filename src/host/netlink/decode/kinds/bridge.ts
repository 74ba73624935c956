/** IFLA_BR_* and IFLA_BRPORT_*: a bridge, and what a link is as its port. */

import { hexText } from '../../wire/address-text.ts';
import { type Attributes, littleEndian, readBytes, readU8, readU16 } from '../../wire/attributes.ts';
import type { LinkContext } from '../link-context.ts';
import {
  bool,
  bridgeId,
  decodeFields,
  etherType,
  type Field,
  hexAlways16,
  linkNamed,
  mac,
  timer,
  u8,
  u16,
  u32,
  u64,
} from './fields.ts';

const bridgeFields: readonly Field[] = [
  ['forward_delay', 1, u32],
  ['hello_time', 2, u32],
  ['max_age', 3, u32],
  ['ageing_time', 4, u32],
  ['stp_state', 5, u32],
  ['priority', 6, u16],
  ['vlan_filtering', 7, u8],
  ['vlan_protocol', 8, etherType],
  ['bridge_id', 11, bridgeId],
  ['root_id', 10, bridgeId],
  ['root_port', 12, u16],
  ['root_path_cost', 13, u32],
  ['topology_change', 14, u8],
  ['topology_change_detected', 15, u8],
  ['hello_timer', 16, timer],
  ['tcn_timer', 17, timer],
  ['topology_change_timer', 18, timer],
  ['gc_timer', 19, timer],
  ['vlan_default_pvid', 39, u16],
  ['vlan_stats_enabled', 41, u8],
  ['vlan_stats_per_port', 45, u8],
  ['group_fwd_mask', 9, hexAlways16],
  ['group_addr', 20, mac],
  ['mcast_snooping', 23, u8],
  ['mcast_router', 22, u8],
  ['mcast_query_use_ifaddr', 24, u8],
  ['mcast_querier', 25, u8],
  ['mcast_hash_elasticity', 26, u32],
  ['mcast_hash_max', 27, u32],
  ['mcast_last_member_cnt', 28, u32],
  ['mcast_startup_query_cnt', 29, u32],
  ['mcast_last_member_intvl', 30, u64],
  ['mcast_membership_intvl', 31, u64],
  ['mcast_querier_intvl', 32, u64],
  ['mcast_query_intvl', 33, u64],
  ['mcast_query_response_intvl', 34, u64],
  ['mcast_startup_query_intvl', 35, u64],
  ['mcast_stats_enabled', 42, u8],
  ['mcast_igmp_version', 43, u8],
  ['mcast_mld_version', 44, u8],
  ['nf_call_iptables', 36, u8],
  ['nf_call_ip6tables', 37, u8],
  ['nf_call_arptables', 38, u8],
  ['fdb_n_learned', 48, u32],
  ['fdb_max_learned', 49, u32],
];

/** enum br_boolopt_id, in order of the bits. */
const boolOptions = [
  'no_linklocal_learn',
  'mcast_vlan_snooping',
  'mst_enabled',
  'mdb_offload_fail_notification',
  'fdb_local_vlan_0',
];
const IFLA_BR_MULTI_BOOLOPT = 46;

export const decodeBridge = (attributes: Attributes, context: LinkContext): Record<string, unknown> => {
  const data = decodeFields(bridgeFields, attributes, context);
  const options = readBytes(attributes, IFLA_BR_MULTI_BOOLOPT);
  if (options !== undefined && options.length >= 8) {
    const view = new DataView(options.buffer, options.byteOffset, 8);
    const values = view.getUint32(0, littleEndian);
    const mask = view.getUint32(4, littleEndian);
    for (const [bit, name] of boolOptions.entries()) if (mask & (1 << bit)) data[name] = (values >> bit) & 1;
  }
  return data;
};

const portFields: readonly Field[] = [
  ['priority', 2, u16],
  ['cost', 3, u32],
  ['hairpin', 4, bool],
  ['guard', 5, bool],
  ['root_block', 6, bool],
  ['fastleave', 7, bool],
  ['learning', 8, bool],
  ['flood', 9, bool],
  ['id', 17, hexAlways16],
  ['no', 18, hexAlways16],
  ['designated_port', 15, u16],
  ['designated_cost', 16, u16],
  ['bridge_id', 14, bridgeId],
  ['root_id', 13, bridgeId],
  ['hold_timer', 23, timer],
  ['message_age_timer', 21, timer],
  ['forward_delay_timer', 22, timer],
  ['topology_change_ack', 19, u8],
  ['config_pending', 20, u8],
  ['proxy_arp', 10, bool],
  ['proxy_arp_wifi', 12, bool],
  ['multicast_router', 25, u8],
  ['mcast_flood', 27, bool],
  ['bcast_flood', 30, bool],
  ['mcast_to_unicast', 28, bool],
  ['neigh_suppress', 32, bool],
  ['vlan_tunnel', 29, bool],
  ['isolated', 33, bool],
  ['locked', 39, bool],
  ['mab', 40, bool],
  ['mcast_n_groups', 41, u32],
  ['mcast_max_groups', 42, u32],
  ['neigh_vlan_suppress', 43, bool],
  ['backup_nhid', 44, u32],
  ['backup_port', 34, linkNamed],
];

/** BR_STATE_* */
const portStates = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'];
const forwardMask: Readonly<Record<number, string>> = { 0: 'stp', 2: 'lacp', 14: 'lldp' };

const forwardMaskText = (mask: number): string => {
  if (mask === 0) return '0x0';
  const words: string[] = [];
  for (let bit = 0; bit < 16; bit++) if (mask & (1 << bit)) words.push(forwardMask[bit] ?? hexText(1 << bit));
  return words.join(',');
};

/** `state` in words, or `state_index` where there is none for it. */
export const decodeBridgePortState = (attributes: Attributes): Record<string, unknown> => {
  const state = readU8(attributes, 1);
  if (state === undefined) return {};
  return state < portStates.length ? { state: portStates[state] } : { state_index: state };
};

export const decodeBridgePort = (attributes: Attributes, context: LinkContext): Record<string, unknown> => {
  const data = decodeBridgePortState(attributes);
  decodeFields(portFields, attributes, context, data);
  const mask = readU16(attributes, 31);
  if (mask !== undefined) {
    data['group_fwd_mask'] = hexText(mask);
    data['group_fwd_mask_str'] = forwardMaskText(mask);
  }
  return data;
};
