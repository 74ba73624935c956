/** TCP headers with the options that explain a connection's behaviour. */
import { u8, u16, u32 } from './bytes.ts';
import { decodeApplication } from './decode-application.ts';
import { type Draft, has } from './draft.ts';
import type { TcpLayer } from './layers.ts';

/** In the order in which tcpdump and people name them. */
const flagNames = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'] as const;

export const flagsOf = (bits: number): readonly string[] => flagNames.filter((_, n) => (bits & (1 << n)) !== 0);

type Options = Partial<Pick<TcpLayer, 'mss' | 'windowScale' | 'sackPermitted' | 'sack' | 'timestamp'>>;

const sackBlocks = (bytes: Uint8Array, from: number, to: number): readonly (readonly [number, number])[] => {
  const blocks: (readonly [number, number])[] = [];
  for (let at = from; at + 8 <= to; at += 8) blocks.push([u32(bytes, at), u32(bytes, at + 4)]);
  return blocks;
};

const readOption = (bytes: Uint8Array, type: number, at: number, size: number): Options => {
  if (type === 2 && size === 4) return { mss: u16(bytes, at + 2) };
  if (type === 3 && size === 3) return { windowScale: u8(bytes, at + 2) };
  if (type === 4) return { sackPermitted: true };
  if (type === 5) return { sack: sackBlocks(bytes, at + 2, at + size) };
  if (type === 8 && size === 10) return { timestamp: [u32(bytes, at + 2), u32(bytes, at + 6)] };
  return {};
};

const readOptions = (bytes: Uint8Array, from: number, to: number): Options => {
  let options: Options = {};
  for (let at = from; at < to; ) {
    const type = u8(bytes, at);
    if (type === 0) break;
    const size = type === 1 ? 1 : u8(bytes, at + 1);
    if (size < 1 || at + size > to) break;
    if (type !== 1) options = { ...options, ...readOption(bytes, type, at, size) };
    at += size;
  }
  return options;
};

export const decodeTcp = (draft: Draft, at: number, end: number): void => {
  const { bytes } = draft;
  if (!has(draft, at, 4, end, 'TCP header')) return;
  const whole = has(draft, at, 20, end, 'TCP header');
  const size = whole ? Math.max(20, (u8(bytes, at + 12) >> 4) * 4) : Math.min(end, bytes.length) - at;
  const sport = u16(bytes, at);
  const dport = u16(bytes, at + 2);
  draft.layers.push({
    kind: 'tcp',
    sport,
    dport,
    seq: u32(bytes, at + 4),
    ack: whole ? u32(bytes, at + 8) : 0,
    flags: whole ? flagsOf(u8(bytes, at + 13)) : [],
    window: whole ? u16(bytes, at + 14) : 0,
    payloadLength: whole ? Math.max(0, end - at - size) : 0,
    ...(!whole && { partial: at + 8 <= bytes.length ? ('ports and seq' as const) : ('ports' as const) }),
    ...(whole && readOptions(bytes, at + 20, Math.min(at + size, end, bytes.length))),
    offset: at,
    size,
  });
  if (!whole || !has(draft, at, size, end, 'TCP options')) return;
  if (end > at + size) decodeApplication(draft, 'tcp', sport, dport, at + size, end);
};
