/** One direction of a TCP connection, watched for what is sent twice, late or not at all. */
import { type Headers, tcpFlags } from '../decode/read-headers.ts';
import type { PacketMark } from './flow-entry.ts';

/** Bytes that were skipped and may still come. */
interface Hole {
  from: number;
  to: number;
  /** Seconds. */
  readonly since: number;
}

export interface TcpSide {
  /** First sequence number; undefined before anything was seen. */
  base: number | undefined;
  /** After the highest byte sent. */
  next: number;
  holes: Hole[];
  /** Last acknowledgement and window sent. */
  ack: number;
  window: number;
  /** Seconds at which the highest byte was sent. */
  advanced: number;
}

export const newTcpSide = (): TcpSide => ({ base: undefined, next: 0, holes: [], ack: -1, window: -1, advanced: 0 });

/** Reordering on one host and its neighbours is over sooner; what comes later was sent again. */
const reorderSeconds = 0.003;
const holesKept = 32;

const gap = (a: number, b: number): number => (a - b) | 0;

/** Cuts the range out of the holes; true when it filled any. */
const fill = (side: TcpSide, from: number, to: number): Hole | undefined => {
  const hole = side.holes.find((one) => gap(to, one.from) > 0 && gap(one.to, from) > 0);
  if (hole === undefined) return undefined;
  const rest = [
    ...(gap(from, hole.from) > 0 ? [{ ...hole, to: from }] : []),
    ...(gap(hole.to, to) > 0 ? [{ ...hole, from: to }] : []),
  ];
  side.holes = side.holes.flatMap((one) => (one === hole ? rest : [one]));
  return hole;
};

const advance = (side: TcpSide, seq: number, end: number, now: number): readonly PacketMark[] => {
  const skipped = gap(seq, side.next) > 0;
  if (skipped) {
    side.holes.push({ from: side.next, to: seq, since: now });
    if (side.holes.length > holesKept) side.holes.shift();
  }
  side.next = end;
  side.advanced = now;
  return skipped ? ['gap before'] : [];
};

/** What carries bytes, SYN or FIN: new, late or sent again? */
const judgeSent = (side: TcpSide, headers: Headers, length: number, now: number): readonly PacketMark[] => {
  const { seq } = headers;
  const end = (seq + length) >>> 0;
  if (side.base === undefined) {
    side.base = (headers.flags & tcpFlags.SYN) !== 0 ? seq : (seq - 1) >>> 0;
    side.next = end;
    side.advanced = now;
    return [];
  }
  if (gap(end, side.next) > 0) return advance(side, seq, end, now);
  if (headers.payloadLength <= 1 && gap(seq, side.next) === -1 && (headers.flags & 7) === 0) return ['keep-alive'];
  const hole = fill(side, seq, end);
  return hole !== undefined && now - hole.since < reorderSeconds ? ['out of order'] : ['retransmission'];
};

const judgeAck = (side: TcpSide, other: TcpSide, headers: Headers, plain: boolean): readonly PacketMark[] => {
  const { ack, window } = headers;
  const isSame = side.ack === ack && side.window === window;
  const outstanding = other.base !== undefined && gap(other.next, ack) > 0;
  side.ack = ack;
  side.window = window;
  return isSame && plain && outstanding ? ['duplicate ack'] : [];
};

export const watchTcp = (side: TcpSide, other: TcpSide, headers: Headers, now: number): readonly PacketMark[] => {
  const { flags, payloadLength } = headers;
  const extra = ((flags & tcpFlags.SYN) !== 0 ? 1 : 0) + ((flags & tcpFlags.FIN) !== 0 ? 1 : 0);
  if ((flags & tcpFlags.RST) !== 0) return ['reset'];
  const length = payloadLength + extra;
  const keepAlive = length === 0 && side.base !== undefined && gap(headers.seq, side.next) === -1;
  const sent = length > 0 ? judgeSent(side, headers, length, now) : keepAlive ? (['keep-alive'] as const) : [];
  if (length === 0 && side.base === undefined) {
    side.base = (headers.seq - 1) >>> 0;
    side.next = headers.seq;
  }
  const acked =
    (flags & tcpFlags.ACK) !== 0 ? judgeAck(side, other, headers, length === 0 && !keepAlive && (flags & 7) === 0) : [];
  const closed = headers.window === 0 && (flags & tcpFlags.SYN) === 0 ? (['zero window'] as const) : [];
  return [...sent, ...acked, ...closed];
};
