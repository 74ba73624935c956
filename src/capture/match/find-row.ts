/** The row that a packet seen whole belongs to, among those with its fingerprint. */
import type { Headers } from '../decode/read-headers.ts';
import { isTelling } from './fingerprint.ts';
import type { FlowRef } from './flow-index.ts';
import { firstSeen, lastSeen, type Row, type Seen } from './row.ts';

/** A packet that is to be placed. */
export interface Arrival extends Pick<Seen, 'point' | 'time' | 'headers' | 'packet'> {
  /** Known connection of its tuple. */
  readonly flow: FlowRef | undefined;
}

/** Packets alike that follow each other closer than this keep their order; those further apart are told by their time. */
const burst = 5_000_000;

const sameEnds = (a: Headers, b: Headers): boolean =>
  a.src === b.src && a.dst === b.dst && a.sport === b.sport && a.dport === b.dport;

/** The same link a second time: out again the way it came in, or translated, or a hop later. Else it is another packet just like it. */
const isSecondPass = (before: Seen, now: Arrival): boolean => {
  const a = before.packet.direction;
  const b = now.packet.direction;
  if (a !== undefined && b !== undefined && a !== b) return true;
  return (
    before.headers.ttl !== now.headers.ttl ||
    before.headers.inside !== now.headers.inside ||
    !sameEnds(before.headers, now.headers)
  );
};

const mayPassAgain = (row: Row, now: Arrival): boolean =>
  row.seen.every((seen) => seen.point !== now.point || (seen.how === 'whole' && isSecondPass(seen, now)));

/** How sure it is that the row's packet and this one are the same: 2 by their connection, 1 through a translation not seen before, 0 no. */
const kinship = (row: Row, now: Arrival): 0 | 1 | 2 => {
  if (row.seen.some((seen) => sameEnds(seen.headers, now.headers))) return 2;
  if (now.flow?.flow === row.flow.flow && now.flow.side === row.flow.side) return 2;
  if (!isTelling(now.headers)) return 0;
  const { src, dst, seq, ipId, payloadLength, proto } = now.headers;
  if (row.seen.some(({ headers }) => headers.src === src || headers.dst === dst)) return 1;
  // Both ends translated: only what chance does not repeat.
  return (proto === 6 && seq > 0) || (ipId > 0 && payloadLength >= 8) ? 1 : 0;
};

/** `rows`: of the same fingerprint, oldest first. */
export const findRow = (rows: readonly Row[], now: Arrival, window: number): Row | undefined => {
  let best: Row | undefined;
  let sure = 0;
  for (let n = rows.length - 1; n >= 0; n--) {
    const row = rows[n]!;
    if (Math.abs(now.time - lastSeen(row).time) > window) continue;
    if (best !== undefined && firstSeen(best).time - firstSeen(row).time > burst) break;
    const kin = kinship(row, now);
    if (kin === 0 || kin < sure || !mayPassAgain(row, now)) continue;
    best = row;
    sure = kin;
  }
  return best;
};
