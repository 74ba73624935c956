/** RTA_ENCAP: what a route wraps packets in (lightweight tunnels), as far as a path through this host depends on it. */
import { addressText } from '../wire/address-text.ts';
import { type Attributes, nestedAttributes, readBe16, readBytes, readU8, readU16 } from '../wire/attributes.ts';

/** enum lwtunnel_encap_types. */
const types = ['none', 'mpls', 'ip', 'ila', 'ip6', 'seg6', 'bpf', 'seg6local', 'rpl', 'ioam6', 'xfrm'];

const bigEndian64 = (bytes: Uint8Array | undefined): number => {
  if (bytes === undefined || bytes.length < 8) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return view.getUint32(0, false) * 0x1_0000_0000 + view.getUint32(4, false);
};

/** LWTUNNEL_IP_* and LWTUNNEL_IP6_*: id, dst, src, ttl, tos, flags in the same order. */
const ipTunnel = (attributes: Attributes, six: boolean): Record<string, unknown> => {
  const family = six ? 10 : 2;
  const address = (type: number): string | undefined => {
    const bytes = readBytes(attributes, type);
    return bytes === undefined ? undefined : addressText(bytes, family);
  };
  const flags = readBe16(attributes, 6) ?? readU16(attributes, 6) ?? 0;
  return {
    id: bigEndian64(readBytes(attributes, 1)),
    src: address(3),
    dst: address(2),
    [six ? 'hoplimit' : 'ttl']: readU8(attributes, 4) ?? 0,
    [six ? 'tc' : 'tos']: readU8(attributes, 5) ?? 0,
    // TUNNEL_KEY, TUNNEL_SEQ, TUNNEL_CSUM of linux/if_tunnel.h.
    ...(flags & 0x04 ? { key: true } : {}),
    ...(flags & 0x08 ? { seq: true } : {}),
    ...(flags & 0x01 ? { csum: true } : {}),
  };
};

const mplsLabels = (bytes: Uint8Array | undefined): string => {
  const labels: number[] = [];
  const view = bytes === undefined ? undefined : new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; view !== undefined && at + 4 <= view.byteLength; at += 4)
    labels.push(view.getUint32(at, false) >>> 12);
  return labels.join('/');
};

export const decodeEncapsulation = (
  attributes: Attributes,
  typeAt: number,
  dataAt: number,
): Record<string, unknown> => {
  const type = readU16(attributes, typeAt);
  if (!type) return {};
  const data = nestedAttributes(attributes, dataAt);
  const encap = types[type] ?? String(type);
  if (encap === 'ip' || encap === 'ip6') return { encap, ...ipTunnel(data, encap === 'ip6') };
  if (encap === 'mpls') return { encap, dst: mplsLabels(readBytes(data, 1)) };
  return { encap };
};
