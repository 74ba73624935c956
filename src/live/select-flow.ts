/** From everything the rule trace told, what happened to the probe's first packet and to the first answer to it. */
import { type ProbeRecord, type RuleEvent, type SeenPacket, tablePrefix } from '../host/live/live-order.ts';
import type { NetnsId } from '../model/ids.ts';

export interface FlowEvent extends Omit<RuleEvent, 'packet'> {
  readonly direction: 'request' | 'reply';
  /** The packet as it came to this base chain; each message of the chain has it here. */
  readonly packet: SeenPacket;
  /** First message of its base chain. */
  readonly opens: boolean;
  /** Base chain all messages of this visit belong to. */
  readonly base: string;
  readonly ours: boolean;
}

const SYN = 2;
const RST = 4;
const ACK = 16;
const TCP = 6;
const echo = { 8: 'request', 128: 'request', 0: 'reply', 129: 'reply' } as const;

const isOurs = (event: RuleEvent): boolean => event.table.startsWith(tablePrefix);

/** NAT may change addresses and ports; a TCP sequence number it leaves alone. */
const startOf = (record: ProbeRecord, from: NetnsId): number | undefined =>
  record.events.find(
    ({ netns, packet }) =>
      netns === from && packet?.sport === record.sport && ((packet?.flags ?? 0) & (SYN | ACK)) === SYN,
  )?.packet?.seq;

const directionOf = (
  packet: SeenPacket,
  record: ProbeRecord,
  start: number | undefined,
): 'request' | 'reply' | undefined => {
  const { sport, dport, flags = 0 } = packet;
  if (packet.icmpType !== undefined)
    return packet.icmpId === record.icmpId ? echo[packet.icmpType as keyof typeof echo] : undefined;
  if (packet.proto === TCP && start !== undefined) {
    if (packet.seq === start && (flags & (SYN | ACK)) === SYN) return 'request';
    const answers = packet.ack === (start + 1) >>> 0 && (flags & (SYN | RST)) !== 0;
    return answers ? 'reply' : undefined;
  }
  if (sport === record.sport) return 'request';
  return dport === record.sport ? 'reply' : undefined;
};

/** Trace ids repeat: a header message says what the ones after it, of the same id, are about. */
export const selectFlow = (record: ProbeRecord, from: NetnsId): readonly FlowEvent[] => {
  const start = startOf(record, from);
  const open = new Map<string, FlowEvent>();
  /** Where it came into each netns: the same again is a retransmission. */
  const entered = new Set<string>();
  const over = new Set<string>();
  const flow: FlowEvent[] = [];
  for (const event of record.events) {
    const key = `${event.netns} ${event.id}`;
    const { packet } = event;
    const direction = packet === undefined ? open.get(key)?.direction : directionOf(packet, record, start);
    const before = packet === undefined ? open.get(key) : undefined;
    if (direction === undefined || (packet ?? before?.packet) === undefined) {
      open.delete(key);
      continue;
    }
    const visit = `${event.netns} ${direction}`;
    const ours = isOurs(event);
    const door = `${visit} ${event.family} ${event.chain}`;
    if (packet !== undefined && ours && entered.has(door)) over.add(visit);
    if (packet !== undefined && ours) entered.add(door);
    const one: FlowEvent = {
      ...event,
      direction,
      packet: (packet ?? before?.packet)!,
      opens: packet !== undefined,
      base: packet === undefined ? (before?.base ?? event.chain) : event.chain,
      ours,
    };
    open.set(key, one);
    if (!over.has(visit)) flow.push(one);
  }
  return flow;
};
