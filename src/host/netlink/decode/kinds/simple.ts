/** Kinds with few attributes: vlan, macvlan, ipvlan, tun, vrf, netkit. */
import { type Attributes, eachNested, littleEndian, readU8, readU16, readU32 } from '../../wire/attributes.ts';
import type { LinkContext } from '../link-context.ts';
import {
  bool,
  decodeFields,
  etherType,
  type Field,
  type FieldFormat,
  groupName,
  oneOf,
  u16,
  u32,
  userName,
} from './fields.ts';

/** VLAN_FLAG_* of linux/if_vlan.h. */
const vlanFlags = ['REORDER_HDR', 'GVRP', 'LOOSE_BINDING', 'MVRP', 'BRIDGE_BINDING'];

const flagsOf =
  (words: readonly string[]): FieldFormat =>
  (a, type) => {
    const value = readU32(a, type);
    if (value === undefined) return undefined;
    return words.filter((_, bit) => value & (1 << bit));
  };

const qosMap: FieldFormat = (a, type) => {
  const pairs: { from: number; to: number }[] = [];
  eachNested(a, type, (_, offset, length) => {
    if (length < 8) return;
    pairs.push({ from: a.view.getUint32(offset, littleEndian), to: a.view.getUint32(offset + 4, littleEndian) });
  });
  return pairs;
};

export const vlanFields: readonly Field[] = [
  ['protocol', 5, etherType],
  ['id', 1, u16],
  ['flags', 2, flagsOf(vlanFlags)],
  ['ingress_qos', 4, qosMap],
  ['egress_qos', 3, qosMap],
];

const macvlanModes = { 1: 'private', 2: 'vepa', 4: 'bridge', 8: 'passthru', 16: 'source' };

/** The addresses a `source` macvlan accepts. */
const sourceAddresses: FieldFormat = (a, type) => {
  const found: string[] = [];
  eachNested(a, type, (_, offset, length) => {
    if (length >= 6) {
      const bytes = new Uint8Array(a.view.buffer, a.view.byteOffset + offset, 6);
      found.push([...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':'));
    }
  });
  return found;
};

const macvlanFields: readonly Field[] = [
  ['mode', 1, oneOf(readU32, macvlanModes)],
  ['macaddr_count', 6, (a, type) => (readU32(a, 1) === 16 ? readU32(a, type) : undefined)],
  ['macaddr_data', 5, (a, type, context) => (readU32(a, 1) === 16 ? sourceAddresses(a, type, context) : undefined)],
  ['bcqueuelen', 7, u32],
  ['usedbcqueuelen', 8, u32],
];

export const decodeMacvlan = (attributes: Attributes, context: LinkContext): Record<string, unknown> => {
  const flags = readU16(attributes, 2) ?? 0;
  return {
    ...decodeFields(macvlanFields, attributes, context),
    // MACVLAN_FLAG_NOPROMISC; ip spells it so.
    ...(flags & 1 ? { nopromisc: true } : {}),
  };
};

export const decodeIpvlan = (attributes: Attributes): Record<string, unknown> => {
  const mode = readU16(attributes, 1);
  const flags = readU16(attributes, 2) ?? 0;
  return {
    ...(mode === undefined ? {} : { mode: ['l2', 'l3', 'l3s'][mode] ?? 'unknown' }),
    mode_flag: flags & 1 ? 'private' : flags & 2 ? 'vepa' : 'bridge',
  };
};

const tunFields: readonly Field[] = [
  ['type', 3, oneOf(readU8, { 1: 'tun', 2: 'tap' })],
  ['pi', 4, bool],
  ['vnet_hdr', 5, bool],
  ['multi_queue', 7, bool],
  ['persist', 6, bool],
  ['user', 1, userName],
  ['group', 2, groupName],
];

export const decodeTun = (attributes: Attributes, context: LinkContext): Record<string, unknown> => {
  const data = decodeFields(tunFields, attributes, context);
  return readU8(attributes, 7)
    ? { ...data, numqueues: readU32(attributes, 8) ?? 0, numdisabled: readU32(attributes, 9) ?? 0 }
    : data;
};

export const vrfFields: readonly Field[] = [['table', 1, u32]];

/** IFLA_NETKIT_*: PEER_INFO 1, PRIMARY 2, POLICY 3, PEER_POLICY 4, MODE 5, SCRUB 6, PEER_SCRUB 7. Policies are TC_ACT_OK and TC_ACT_SHOT. */
const netkitPolicy = oneOf(readU32, { 0: 'forward', 2: 'blackhole' });
const netkitScrub = oneOf(readU32, { 0: 'none', 1: 'default' });
export const netkitFields: readonly Field[] = [
  ['mode', 5, oneOf(readU32, { 0: 'l2', 1: 'l3' })],
  ['type', 2, oneOf(readU8, { 0: 'peer', 1: 'primary' })],
  ['policy', 3, netkitPolicy],
  ['peer_policy', 4, netkitPolicy],
  ['scrub', 6, netkitScrub],
  ['peer_scrub', 7, netkitScrub],
];

/** An IFLA_XDP nest as `ip` summarises it. */
export const xdpSummary = (
  mode: number | undefined,
  program: number | undefined,
): Record<string, unknown> | undefined =>
  mode ? { mode, ...(program === undefined ? {} : { prog: { id: program } }) } : undefined;
