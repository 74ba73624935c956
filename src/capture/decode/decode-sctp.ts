/** SCTP's common header and the kinds of its chunks (RFC 9260). */
import { u8, u16, u32 } from './bytes.ts';
import { type Draft, has } from './draft.ts';

const chunkNames: Readonly<Record<number, string>> = {
  0: 'DATA',
  1: 'INIT',
  2: 'INIT ACK',
  3: 'SACK',
  4: 'HEARTBEAT',
  5: 'HEARTBEAT ACK',
  6: 'ABORT',
  7: 'SHUTDOWN',
  8: 'SHUTDOWN ACK',
  9: 'ERROR',
  10: 'COOKIE ECHO',
  11: 'COOKIE ACK',
  14: 'SHUTDOWN COMPLETE',
};

const chunkLimit = 64;

const readChunks = (bytes: Uint8Array, from: number, end: number): readonly string[] => {
  const chunks: string[] = [];
  for (let at = from; at + 4 <= Math.min(end, bytes.length) && chunks.length < chunkLimit; ) {
    const type = u8(bytes, at);
    chunks.push(chunkNames[type] ?? `chunk ${type}`);
    at += (Math.max(4, u16(bytes, at + 2)) + 3) & ~3;
  }
  return chunks;
};

export const decodeSctp = (draft: Draft, at: number, end: number): void => {
  const { bytes } = draft;
  if (!has(draft, at, 12, end, 'SCTP header')) return;
  draft.layers.push({
    kind: 'sctp',
    sport: u16(bytes, at),
    dport: u16(bytes, at + 2),
    tag: u32(bytes, at + 4),
    chunks: readChunks(bytes, at + 12, end),
    offset: at,
    size: 12,
  });
};
