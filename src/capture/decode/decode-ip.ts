/** IPv4 and IPv6 with their options, extension headers and fragments. */
import { ipv4At, ipv6At, u8, u16, u32 } from './bytes.ts';
import { decodeTransport } from './decode-transport.ts';
import { addData, type Draft, has, nestingLimit } from './draft.ts';
import { ipLength, ipv4Payload, ipv6Payload } from './ip-payload.ts';

const optionNames: Readonly<Record<number, string>> = {
  7: 'record route',
  68: 'timestamp',
  131: 'loose source route',
  137: 'strict source route',
  148: 'router alert',
};

const ipv4Options = (bytes: Uint8Array, from: number, to: number): readonly string[] => {
  const names: string[] = [];
  for (let at = from; at < to && at < bytes.length; ) {
    const type = u8(bytes, at);
    if (type === 0) break;
    if (type !== 1) names.push(optionNames[type] ?? `option ${type}`);
    at += type === 1 ? 1 : Math.max(2, u8(bytes, at + 1));
  }
  return names;
};

const decodeIpv4 = (draft: Draft, at: number, end: number): void => {
  const { bytes } = draft;
  if (!has(draft, at, 20, end, 'IPv4 header')) return;
  const payload = ipv4Payload(bytes, at);
  const length = ipLength(bytes, at, 4, draft.lengthOnLink);
  const options = ipv4Options(bytes, at + 20, payload.at);
  draft.layers.push({
    kind: 'ipv4',
    src: ipv4At(bytes, at + 12),
    dst: ipv4At(bytes, at + 16),
    ttl: u8(bytes, at + 8),
    proto: payload.proto,
    length,
    id: payload.id,
    dontFragment: (u8(bytes, at + 6) & 0x40) !== 0,
    moreFragments: payload.moreFragments,
    fragmentOffset: payload.fragmentOffset,
    tos: u8(bytes, at + 1),
    ...(options.length > 0 && { options }),
    offset: at,
    size: payload.at - at,
  });
  decodePayload(draft, payload.proto, payload.at, at + length, payload.fragmentOffset, payload.moreFragments, 4);
};

const decodeIpv6 = (draft: Draft, at: number, end: number): void => {
  const { bytes } = draft;
  if (!has(draft, at, 40, end, 'IPv6 header')) return;
  const length = ipLength(bytes, at, 6, draft.lengthOnLink);
  const payload = ipv6Payload(bytes, at, Math.min(end, at + length));
  draft.layers.push({
    kind: 'ipv6',
    src: ipv6At(bytes, at + 8),
    dst: ipv6At(bytes, at + 24),
    ttl: u8(bytes, at + 7),
    proto: payload.proto,
    length,
    tos: (u32(bytes, at) >>> 20) & 0xff,
    ...(payload.id >= 0 && {
      id: payload.id,
      moreFragments: payload.moreFragments,
      fragmentOffset: payload.fragmentOffset,
    }),
    offset: at,
    size: payload.at - at,
  });
  decodePayload(draft, payload.proto, payload.at, at + length, payload.fragmentOffset, payload.moreFragments, 6);
};

/** `wireEnd`: where the IP packet says it ends; beyond it is padding of the frame. */
const decodePayload = (
  draft: Draft,
  proto: number,
  at: number,
  wireEnd: number,
  fragmentOffset: number,
  moreFragments: boolean,
  family: 4 | 6,
): void => {
  if (wireEnd > draft.bytes.length && draft.bytes.length >= draft.lengthOnLink)
    draft.cut ??= 'IP packet longer than its frame';
  if (fragmentOffset > 0) {
    addData(draft, at, wireEnd, 'fragment');
    return;
  }
  // A chain of first fragments inside first fragments is no packet of this world; the transport header is worth showing anyhow.
  if (moreFragments && draft.depth >= nestingLimit) {
    addData(draft, at, wireEnd, 'fragment');
    return;
  }
  decodeTransport(draft, proto, at, wireEnd, family);
};

export const decodeIp = (draft: Draft, at: number, end: number): void => {
  if (draft.depth++ >= nestingLimit) {
    addData(draft, at, end, 'packets nested too deep');
    return;
  }
  if (!has(draft, at, 1, end, 'IP header')) return;
  const version = u8(draft.bytes, at) >> 4;
  if (version === 4) decodeIpv4(draft, at, end);
  else if (version === 6) decodeIpv6(draft, at, end);
  else addData(draft, at, end, `IP version ${version}`);
};

/** The tail of an ICMP error: as much of a packet as was quoted. */
export const decodeQuoted = (bytes: Uint8Array, at: number, end: number, depth: number): Draft['layers'] => {
  const draft: Draft = { bytes: bytes.subarray(0, end), lengthOnLink: Number.MAX_SAFE_INTEGER, layers: [], depth };
  if (u16(bytes, at) !== 0) decodeIp(draft, at, end);
  return draft.layers;
};
