/** IFLA_VXLAN_* and IFLA_GENEVE_*: overlay links. */

import { addressText } from '../../wire/address-text.ts';
import { type Attributes, readBytes, readU8 } from '../../wire/attributes.ts';
import type { LinkContext } from '../link-context.ts';
import {
  address,
  bool,
  decodeFields,
  type Field,
  type FieldFormat,
  flag,
  hexBe32,
  hexU8,
  linkNamed,
  oneOf,
  port,
  trueOnly,
  u32,
  u32UnlessZero,
} from './fields.ts';

const portRange: FieldFormat = (a, type) => {
  const bytes = readBytes(a, type);
  if (bytes === undefined || bytes.length < 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 4);
  return { low: view.getUint16(0, false), high: view.getUint16(2, false) };
};

const dontFragment = oneOf(readU8, { 0: 'unset', 1: 'set', 2: 'inherit' });

const vxlanFields: readonly Field[] = [
  ['local', 4, address],
  ['local6', 17, address],
  ['link', 3, linkNamed],
  ['port_range', 10, portRange],
  ['port', 15, port],
  ['learning', 7, bool],
  ['proxy', 11, trueOnly],
  ['rsc', 12, trueOnly],
  ['l2miss', 13, trueOnly],
  ['l3miss', 14, trueOnly],
  ['tos', 6, hexU8],
  ['df', 29, dontFragment],
  ['label', 26, hexBe32],
  ['ageing', 8, u32],
  ['limit', 9, u32UnlessZero],
  ['udp_csum', 18, bool],
  ['udp_zero_csum6_tx', 19, bool],
  ['udp_zero_csum6_rx', 20, bool],
  ['remcsum_tx', 21, trueOnly],
  ['remcsum_rx', 22, trueOnly],
  ['gbp', 23, flag],
  ['gpe', 27, flag],
  ['vnifilter', 30, trueOnly],
  ['localbypass', 31, bool],
];

/** ip says `group` for a multicast address and `remote` for a unicast one, each with its own key for IPv6. */
const remote = (attributes: Attributes): Record<string, string> => {
  const v4 = readBytes(attributes, 2);
  const bytes = v4 ?? readBytes(attributes, 16);
  if (bytes === undefined || bytes.every((byte) => byte === 0)) return {};
  const multicast = v4 === undefined ? bytes[0] === 0xff : ((bytes[0] ?? 0) & 0xf0) === 0xe0;
  return { [`${multicast ? 'group' : 'remote'}${v4 === undefined ? '6' : ''}`]: addressText(bytes) };
};

/** No `ttl` while it is inherited from the inner packet; 0 means chosen by the kernel. */
const ttl = (attributes: Attributes, ttlType: number, inheritType: number): Record<string, number> => {
  const value = readU8(attributes, ttlType);
  return value === undefined || readU8(attributes, inheritType) ? {} : { ttl: value };
};

export const decodeVxlan = (attributes: Attributes, context: LinkContext): Record<string, unknown> => ({
  ...(readU8(attributes, 25) ? { external: true } : {}),
  ...decodeFields([['id', 1, u32]], attributes, context),
  ...remote(attributes),
  ...ttl(attributes, 5, 28),
  ...decodeFields(vxlanFields, attributes, context),
});

const geneveFields: readonly Field[] = [
  ['id', 1, u32],
  ['remote', 2, address],
  ['remote6', 7, address],
  ['tos', 4, hexU8],
  ['df', 13, dontFragment],
  ['label', 11, hexBe32],
  ['port', 5, port],
  ['external', 6, flag],
  ['udp_csum', 8, bool],
  ['udp_zero_csum6_tx', 9, bool],
  ['udp_zero_csum6_rx', 10, bool],
  ['innerprotoinherit', 14, flag],
];

export const decodeGeneve = (attributes: Attributes, context: LinkContext): Record<string, unknown> => ({
  ...decodeFields(geneveFields, attributes, context),
  ...ttl(attributes, 3, 12),
});
