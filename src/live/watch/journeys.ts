/** From single messages of the rule trace to packets: what happened to each, netns by netns, for as long as it is under way. */
import { directionIn } from '../../host/live/flow-match.ts';
import { type RuleEvent, type SeenPacket, tablePrefix } from '../../host/live/live-order.ts';
import type { DropEvent, FlowOrder } from '../../host/live/watch-order.ts';
import type { FlowEvent } from '../select-flow.ts';

export interface Journey {
  readonly key: string;
  readonly direction: 'request' | 'reply' | 'error';
  readonly events: FlowEvent[];
  readonly firstAt: number;
  lastAt: number;
  /** The kernel's account of its end. */
  drop?: DropEvent;
  /** As it looked first. */
  readonly first: SeenPacket;
}

/** Nothing new of it for so long: it has arrived, or was lost. */
const idleMs = 600;
/** A neighbour that does not answer costs its packets only after some seconds. */
const rememberedMs = 15_000;
const journeyLimit = 4000;

const ICMP = 1;
const ICMPV6 = 58;
const echoes = [0, 8, 128, 129];

const isError = ({ proto, icmpType }: SeenPacket): boolean =>
  (proto === ICMP || proto === ICMPV6) && icmpType !== undefined && !echoes.includes(icmpType);

const keyOf = (packet: SeenPacket): string => `${packet.proto} ${packet.fingerprint ?? ''}`;

/** A port nobody chose differs from connection to connection, and says nothing. */
const withoutChosenPort = (packet: SeenPacket, direction: Journey['direction']): SeenPacket => {
  const { sport, dport, ...rest } = packet;
  if (direction === 'error') return packet;
  return direction === 'request'
    ? { ...rest, ...(dport === undefined ? {} : { dport }) }
    : { ...rest, ...(sport === undefined ? {} : { sport }) };
};

export interface Journeys {
  /** In the order of each netns. */
  addRules(at: number, events: readonly RuleEvent[]): void;
  /** The journey that ended so; undefined: none of ours. `late`: it was given out already. */
  addDrop(at: number, drop: DropEvent): { readonly journey: Journey; readonly late: boolean } | undefined;
  /** Those that have come to rest; with `all`, everything. */
  takeRested(at: number, all: boolean): readonly Journey[];
}

export const createJourneys = (flow: FlowOrder): Journeys => {
  /** Under way, by what tells them apart. */
  const moving = new Map<string, Journey>();
  const rested = new Map<string, Journey>();
  /** Trace ids repeat: a message with headers says what those after it, of the same id, are about. */
  const open = new Map<string, { readonly journey: Journey; readonly last: FlowEvent }>();

  const directionOf = (packet: SeenPacket): Journey['direction'] | undefined =>
    isError(packet) ? 'error' : directionIn(flow, packet);

  const passedBefore = (journey: Journey, event: RuleEvent): boolean =>
    journey.events.some(
      (one) =>
        one.ours && one.opens && one.netns === event.netns && one.family === event.family && one.chain === event.chain,
    );

  const journeyFor = (at: number, event: RuleEvent, packet: SeenPacket): Journey | undefined => {
    const direction = directionOf(packet);
    if (direction === undefined) return undefined;
    const key = keyOf(packet);
    const known = moving.get(key);
    const ours = event.table.startsWith(tablePrefix);
    // The same packet at the same door again is another that looks like it.
    if (known !== undefined && !(ours && passedBefore(known, event))) return known;
    if (known !== undefined) moving.set(`${key} ${at} ${moving.size}`, known);
    const made: Journey = { key, direction, events: [], first: packet, firstAt: at, lastAt: at };
    moving.set(key, made);
    return made;
  };

  const addRule = (at: number, event: RuleEvent): void => {
    const place = `${event.netns} ${event.id}`;
    const { packet } = event;
    const before = open.get(place);
    const journey = packet === undefined ? before?.journey : journeyFor(at, event, packet);
    if (journey === undefined) {
      open.delete(place);
      return;
    }
    const seen = packet === undefined ? before!.last.packet : withoutChosenPort(packet, journey.direction);
    const one: FlowEvent = {
      ...event,
      direction: journey.direction === 'request' ? 'request' : 'reply',
      packet: seen,
      opens: packet !== undefined,
      base: packet === undefined ? before!.last.base : event.chain,
      ours: event.table.startsWith(tablePrefix),
    };
    open.set(place, { journey, last: one });
    journey.events.push(one);
    journey.lastAt = at;
  };

  const forget = (at: number): void => {
    for (const [key, journey] of rested) {
      if (at - journey.lastAt < rememberedMs && rested.size <= journeyLimit) break;
      rested.delete(key);
    }
    if (open.size > journeyLimit) open.clear();
  };

  return {
    addRules: (at, events) => {
      for (const event of events) addRule(at, event);
    },
    addDrop: (at, drop) => {
      if (drop.packet === undefined) return undefined;
      const key = keyOf(drop.packet);
      const under = moving.get(key);
      const journey = under ?? rested.get(key);
      // A copy that was flooded or read by somebody else ends, too: the first account counts.
      if (journey === undefined || journey.drop !== undefined) return undefined;
      journey.drop = drop;
      journey.lastAt = at;
      return { journey, late: under === undefined };
    },
    takeRested: (at, all) => {
      const taken: Journey[] = [];
      for (const [key, journey] of moving) {
        if (!all && at - journey.lastAt < idleMs && moving.size <= journeyLimit) continue;
        moving.delete(key);
        rested.delete(journey.key);
        rested.set(journey.key, journey);
        taken.push(journey);
      }
      forget(at);
      return taken;
    },
  };
};
