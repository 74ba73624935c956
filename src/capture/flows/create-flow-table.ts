/** Who talks to whom, how much and how well: connections and addresses with rates, retransmissions and resets, in bounded memory. */
import { decodePacket } from '../decode/decode-packet.ts';
import { protocols } from '../decode/ip-payload.ts';
import type { Layer } from '../decode/layers.ts';
import { type Headers, tcpFlags } from '../decode/read-headers.ts';
import { tupleKey } from '../match/fingerprint.ts';
import { tupleOf } from '../match/row.ts';
import { addToRate, newRate, type RateSum, rateAt } from './decaying-rate.ts';
import type { FlowEntry, PacketMark, PacketNotes, SideCounts, Talker } from './flow-entry.ts';
import { createTalkers } from './talkers.ts';
import { newTcpSide, type TcpSide, watchTcp } from './tcp-side.ts';
import { stepTcp, type TcpProgress } from './tcp-state.ts';

/** One packet to be counted, once however many points saw it. */
export interface CountedPacket {
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly linkType: number;
  readonly length: number;
  /** Nanoseconds since 1970. */
  readonly at: bigint;
  /** The matcher's: one connection through NAT, and which of its directions. */
  readonly flow?: { readonly id: number; readonly side: 0 | 1 };
}

export interface FlowTable {
  add(packet: CountedPacket): PacketNotes;
  /** `now`: nanoseconds since 1970, for the rates. Unsorted. */
  flows(now: bigint): readonly FlowEntry[];
  talkers(now: bigint): readonly Talker[];
  /** Flows that had to go for want of room. */
  forgotten(): number;
}

type Counts = { -readonly [Key in keyof SideCounts]: SideCounts[Key] };

interface Flow {
  readonly id: number;
  readonly proto: string;
  readonly ends: Pick<FlowEntry, 'from' | 'to'>;
  readonly counts: readonly [Counts, Counts];
  readonly sides: readonly [TcpSide, TcpSide];
  readonly progress: TcpProgress | undefined;
  readonly rate: RateSum;
  readonly first: bigint;
  last: bigint;
  /** When the first SYN was sent. */
  synAt: bigint | undefined;
  handshakeMs: number | undefined;
  label: string | undefined;
  /** Packets with payload that were looked into for a label. */
  looked: number;
}

const noCounts = (): Counts => ({
  packets: 0,
  bytes: 0,
  retransmissions: 0,
  outOfOrder: 0,
  duplicateAcks: 0,
  zeroWindows: 0,
  resets: 0,
});

/** First payloads of a connection in which a name may stand. */
const lookedInto = 4;

const labelOf = (layers: readonly Layer[]): string | undefined => {
  for (const layer of layers) {
    if (layer.kind === 'tls' && layer.serverName !== undefined) return layer.serverName;
    if (layer.kind === 'http' && layer.host !== undefined) return layer.host;
    const question = layer.kind === 'dns' ? layer.questions[0] : undefined;
    if (question !== undefined) return `${question.type} ${question.name}`;
  }
  return undefined;
};

const countMarks = (counts: Counts, marks: readonly PacketMark[]): void => {
  for (const mark of marks) {
    if (mark === 'retransmission') counts.retransmissions++;
    else if (mark === 'out of order') counts.outOfOrder++;
    else if (mark === 'duplicate ack') counts.duplicateAcks++;
    else if (mark === 'zero window') counts.zeroWindows++;
    else if (mark === 'reset') counts.resets++;
  }
};

const isTcp = (headers: Headers): boolean =>
  headers.family !== 0 && headers.proto === protocols.tcp && headers.transport >= 0 && headers.flags >= 0;

const endsOf = (headers: Headers, isReversed: boolean): Pick<FlowEntry, 'from' | 'to'> => {
  const { src, dst, sport, dport } = tupleOf(headers);
  const sender = { address: src, ...(sport !== undefined && { port: sport }) };
  const receiver = { address: dst, ...(dport !== undefined && { port: dport }) };
  return isReversed ? { from: receiver, to: sender } : { from: sender, to: receiver };
};

const entryOf = (flow: Flow, now: number): FlowEntry => ({
  id: flow.id,
  proto: flow.proto,
  ...flow.ends,
  forward: { ...flow.counts[0] },
  back: { ...flow.counts[1] },
  first: flow.first,
  last: flow.last,
  ...(flow.progress !== undefined && { state: flow.progress.state }),
  ...(flow.handshakeMs !== undefined && { handshakeMs: flow.handshakeMs }),
  ...(flow.label !== undefined && { label: flow.label }),
  rate: rateAt(flow.rate, now),
});

export const createFlowTable = ({ limit = 10_000 }: { readonly limit?: number } = {}): FlowTable => {
  /** Least recently seen first: a Map keeps the order in which keys were set. */
  const flows = new Map<number, { readonly flow: Flow; readonly reversed: boolean }>();
  const talkers = createTalkers(limit);
  let zero: bigint | undefined;
  let lastId = 0;
  let forgotten = 0;

  const secondsOf = (at: bigint): number => {
    zero ??= at;
    return Number(at - zero) / 1e9;
  };

  const begin = (packet: CountedPacket, isReversed: boolean): Flow => ({
    id: packet.flow?.id ?? ++lastId,
    proto: tupleOf(packet.headers).proto,
    ends: endsOf(packet.headers, isReversed),
    counts: [noCounts(), noCounts()],
    sides: [newTcpSide(), newTcpSide()],
    progress: isTcp(packet.headers) ? { state: 'mid-stream', fins: 0 } : undefined,
    rate: newRate(secondsOf(packet.at)),
    first: packet.at,
    last: packet.at,
    synAt: undefined,
    handshakeMs: undefined,
    label: undefined,
    looked: 0,
  });

  /** The flow, and whether the packet goes its way or back. */
  const find = (packet: CountedPacket): { readonly flow: Flow; readonly side: 0 | 1 } => {
    const { headers, bytes, flow: matched } = packet;
    const key = matched?.id ?? tupleKey(headers, bytes);
    const back = matched === undefined ? tupleKey(headers, bytes, true) : key;
    const isBack = matched === undefined ? !flows.has(key) && flows.has(back) : matched.side === 1;
    const known = flows.get(isBack ? back : key);
    // An answer that opens a flow's record is still an answer; a SYN without ACK never is.
    const isAnswer =
      isTcp(headers) && (headers.flags & (tcpFlags.SYN | tcpFlags.ACK)) === (tcpFlags.SYN | tcpFlags.ACK);
    const record = known ?? { flow: begin(packet, isAnswer), reversed: isAnswer !== isBack };
    flows.delete(isBack ? back : key);
    flows.set(isBack ? back : key, record);
    const oldest = flows.keys().next().value;
    if (flows.size > limit && oldest !== undefined) {
      flows.delete(oldest);
      forgotten++;
    }
    return { flow: record.flow, side: isBack === record.reversed ? 0 : 1 };
  };

  const watch = (flow: Flow, side: 0 | 1, { headers, at }: CountedPacket, now: number): PacketNotes => {
    if (flow.progress === undefined || !isTcp(headers)) return { marks: [] };
    const other = side === 0 ? 1 : 0;
    const begins = (headers.flags & (tcpFlags.SYN | tcpFlags.ACK)) === tcpFlags.SYN;
    // The same ports again, for a new connection.
    if (begins && flow.sides[side].base !== headers.seq) for (const one of flow.sides) Object.assign(one, newTcpSide());
    const marks = watchTcp(flow.sides[side], flow.sides[other], headers, now);
    const before = flow.progress.state;
    stepTcp(flow.progress, headers.flags, side === 0);
    if (begins && !marks.includes('retransmission')) flow.synAt = at;
    if (before === 'syn-received' && flow.progress.state === 'established' && flow.synAt !== undefined)
      flow.handshakeMs = Number(at - flow.synAt) / 1e6;
    countMarks(flow.counts[side], marks);
    const seq = flow.sides[side].base;
    const ack = flow.sides[other].base;
    return { marks, ...(seq !== undefined && { tcpBase: { seq, ack: ack ?? seq } }) };
  };

  const look = (flow: Flow, { headers, bytes, linkType, length }: CountedPacket): void => {
    if (flow.label !== undefined || flow.looked >= lookedInto || headers.payloadLength === 0) return;
    flow.looked++;
    flow.label = labelOf(decodePacket(bytes, linkType, length).layers);
  };

  return {
    add: (packet) => {
      const { flow, side } = find(packet);
      const now = secondsOf(packet.at);
      const { length, src, dst } = packet.headers;
      flow.counts[side].packets++;
      flow.counts[side].bytes += length;
      if (packet.at > flow.last) flow.last = packet.at;
      addToRate(flow.rate, length, now);
      talkers.add(src, dst, length, now, flow.counts[0].packets + flow.counts[1].packets === 1);
      look(flow, packet);
      return watch(flow, side, packet, now);
    },
    flows: (now) => [...flows.values()].map(({ flow }) => entryOf(flow, secondsOf(now))),
    talkers: (now) => talkers.list(secondsOf(now)),
    forgotten: () => forgotten,
  };
};
