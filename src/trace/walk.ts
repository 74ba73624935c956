/** Lets a packet fly until it arrives or is lost, on every way it can take, and says what all ways have in common. */
import type { Arrival, Flight, Journal, Next } from './flight.ts';
import { note } from './journal.ts';
import type { World } from './world.ts';

const wayLimit = 32;
const stageLimit = 20_000;

export interface Walk {
  readonly arrivals: readonly Arrival[];
  /** What the ways parted over, in the order met. */
  readonly reasons: readonly string[];
  /** There were more ways than we follow. */
  readonly truncated: boolean;
}

export const walk = (start: Next): Walk => {
  const waiting: (() => Next)[] = [() => start];
  const arrivals: Arrival[] = [];
  const reasons: string[] = [];
  let truncated = false;
  for (let stage = 0; waiting.length > 0; stage++) {
    if (stage > stageLimit || arrivals.length > wayLimit) {
      truncated = true;
      break;
    }
    const next = waiting.pop()!();
    if (next.kind === 'end') arrivals.push(next.arrival);
    else if (next.kind === 'go') waiting.push(next.run);
    else {
      if (!reasons.includes(next.why)) reasons.push(next.why);
      // The first way is followed first.
      waiting.push(...[...next.ways].reverse());
    }
  }
  return { arrivals, reasons, truncated };
};

/** Where a packet ended and as what: ways with the same print differ only in how they got there. */
export const fingerprint = ({ outcome, flight, listener, leftBy }: Arrival): string => {
  if (outcome !== 'delivered') return outcome;
  const { src, dst, sport, dport } = flight.packet;
  return [outcome, flight.netns, src, dst, sport, dport, listener?.text, leftBy].join(' ');
};

const ancestors = (journal: Journal | undefined): ReadonlySet<Journal> => {
  const all = new Set<Journal>();
  for (let entry = journal; entry !== undefined; entry = entry.before) all.add(entry);
  return all;
};

const lastCommon = (arrivals: readonly Arrival[]): Journal | undefined => {
  const others = arrivals.slice(1).map(({ flight }) => ancestors(flight.journal));
  let entry = arrivals[0]?.flight.journal;
  while (entry !== undefined && !others.every((set) => set.has(entry!))) entry = entry.before;
  return entry;
};

/** One arrival where all ways end alike, else one that says what it depends on. */
export const agree = (world: World, { arrivals, reasons, truncated }: Walk): Arrival => {
  const first = arrivals[0]!;
  const same = arrivals.every((arrival) => fingerprint(arrival) === fingerprint(first));
  if (same && !truncated) return first;
  const why =
    arrivals.find((arrival) => arrival.dependsOn)?.dependsOn ??
    reasons[0] ??
    'there are more ways than can be followed';
  const outcomes = [...new Set(arrivals.map(({ outcome }) => outcome))].join(' or ');
  const common = lastCommon(arrivals);
  const flight: Flight = { ...first.flight, journal: common };
  const text = `${outcomes}, depending on this: ${why}`;
  const last = first.flight.journal;
  const placed = { ...flight, netns: common?.netns ?? flight.netns, packet: common?.step.packet ?? flight.packet };
  const noted = note(world, placed, {
    kind: last?.step.kind ?? 'rule',
    verdict: 'unknown',
    text,
    evidence: {},
    dependsOn: why,
  });
  return { flight: noted, outcome: 'unknown', dependsOn: why };
};
