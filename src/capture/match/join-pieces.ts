/** Recognises packets that are cut anew on their way: offloaded TCP segments split and merged, IP fragments. */
import { protocols } from '../decode/ip-payload.ts';
import type { Headers } from '../decode/read-headers.ts';
import type { Arrival } from './find-row.ts';
import type { FlowSide } from './flow-index.ts';
import { addSeen, lastSeen, type Row } from './row.ts';

/** Rows looked back over: some 700 KB of a connection in ordinary segments. */
const lookBack = 512;

/** Bytes of the IP packet that fragments share out. */
export const ipPayload = (headers: Headers): number =>
  Math.max(0, headers.network + headers.length - (headers.transport >= 0 ? headers.transport : headers.payload));

/** What a row counts as its own: TCP's payload, other IP's payload, a frame. */
export const spanOf = (headers: Headers): number =>
  headers.family !== 0 && headers.proto === protocols.tcp && headers.transport >= 0
    ? headers.payloadLength
    : ipPayload(headers);

/** `a - b` of sequence numbers, which go round. */
export const sequenceGap = (a: number, b: number): number => (a - b) | 0;

const attach = (row: Row, now: Arrival, covered: number, how: 'split' | 'merged' | 'fragmented'): void => {
  const known = row.seen.find((seen) => seen.point === now.point);
  if (known === undefined) {
    addSeen(row, { ...now, pieces: 1, covered: Math.min(covered, row.span), how });
    return;
  }
  known.pieces += 1;
  known.covered = Math.min(row.span, known.covered + covered);
  row.view = undefined;
};

/** True while some of the row may still come by this point. */
const isOpenAt = (row: Row, now: Arrival, window: number): boolean => {
  if (Math.abs(now.time - lastSeen(row).time) > window) return false;
  const known = row.seen.find((seen) => seen.point === now.point);
  return known === undefined || (known.how !== 'whole' && known.covered < row.span);
};

/** Rows whose bytes this segment carries, in whole or in part. Empty: it is a packet of its own. */
export const joinSegments = (side: FlowSide, now: Arrival, window: number): readonly Row[] => {
  const { seq, payloadLength } = now.headers;
  // The usual case: nothing like it was there before.
  if (side.highest < 0 || sequenceGap(side.highest, seq) <= 0) return [];
  const joined: Row[] = [];
  let left = payloadLength;
  for (let n = side.segments.length - 1; n >= Math.max(0, side.segments.length - lookBack) && left > 0; n--) {
    const row = side.segments[n]!;
    const from = row.seen[0]!.headers.seq;
    const first = Math.max(0, sequenceGap(from, seq));
    const last = Math.min(payloadLength, sequenceGap(from, seq) + row.span);
    if (last <= first || !isOpenAt(row, now, window)) continue;
    attach(row, now, last - first, payloadLength <= row.span ? 'split' : 'merged');
    left -= last - first;
    joined.push(row);
  }
  return joined;
};

const sharesEnd = (row: Row, { src, dst }: Headers): boolean =>
  row.seen.some(({ headers }) => headers.src === src || headers.dst === dst);

const isWhole = ({ fragmentOffset, moreFragments }: Headers): boolean => fragmentOffset === 0 && !moreFragments;

/**
 * `rows`: fragments and whole packets of one identification. A fragment joins the whole packet it was cut from; a packet put together
 * again joins all its fragments.
 */
export const joinFragments = (rows: readonly Row[], now: Arrival, window: number): readonly Row[] => {
  const whole = isWhole(now.headers);
  const joined: Row[] = [];
  for (const row of rows) {
    const its = row.seen[0]!.headers;
    if (isWhole(its) === whole || !isOpenAt(row, now, window) || !sharesEnd(row, now.headers)) continue;
    attach(row, now, whole ? row.span : ipPayload(now.headers), whole ? 'merged' : 'fragmented');
    joined.push(row);
  }
  return joined;
};
