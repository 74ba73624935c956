/** Writes steps down while a packet flies, and reads them back as hops. */
import type { NetnsNode } from '../graph/graph.ts';
import type { Packet } from '../model/packet.ts';
import type { Arrival, Flight, Journal, Next } from './flight.ts';
import type { Hop, Outcome, Step } from './trace.ts';
import type { World } from './world.ts';

/** A step without its packet: that is the flight's own. */
export type StepDraft = Omit<Step, 'packet'> & { readonly packet?: Packet };

type Place = { readonly hook?: string; readonly alone?: string } | undefined;

/** A bridge is called by its own name; among several hosts with its host's in front. */
const placeName = (world: World, node: NetnsNode, place: Place): string => {
  if (place?.alone !== undefined) return world.graph.hosts.size > 1 ? `${node.host} ${place.alone}` : place.alone;
  return place?.hook === undefined ? node.name : `${node.name} ${place.hook}`;
};

/** `place` is added to the netns' name (`FORWARD`), or stands alone with `alone` (a bridge). */
export const note = (world: World, flight: Flight, draft: StepDraft, place?: Place): Flight => {
  const { node } = world.view(flight.netns);
  const container = node.containers[0];
  const at = placeName(world, node, place);
  // Ports of a switch that are no links of the kernel have a name there, and nothing that others could look up.
  const { link, ...bare } = draft;
  const shown = link !== undefined && world.link(link).facts.ifindex < 0 ? bare : draft;
  const journal: Journal = {
    before: flight.journal,
    netns: flight.netns,
    ...(container !== undefined && !node.facts.isHost && { container }),
    at,
    step: { ...shown, packet: draft.packet ?? flight.packet },
  };
  return { ...flight, journal };
};

/** Notes a step after which the packet goes on; where only endings count its words are not even made. */
export const pass = (world: World, flight: Flight, draft: () => StepDraft, place?: Place): Flight =>
  world.terse ? flight : note(world, flight, draft(), place);

/** Notes the last step and ends there. */
export const end = (
  world: World,
  flight: Flight,
  outcome: Outcome,
  draft: Omit<StepDraft, 'verdict'>,
  more: { readonly hook?: string; readonly alone?: string } & Partial<Omit<Arrival, 'flight' | 'outcome'>> = {},
): Next => {
  const { hook, alone, ...arrival } = more;
  const noted = note(
    world,
    flight,
    { ...draft, verdict: outcome, ...(arrival.dependsOn !== undefined && { dependsOn: arrival.dependsOn }) },
    { ...(hook !== undefined && { hook }), ...(alone !== undefined && { alone }) },
  );
  return { kind: 'end', arrival: { flight: noted, outcome, ...arrival } };
};

/** Ends with doubt. */
export const endUnknown = (
  world: World,
  flight: Flight,
  kind: Step['kind'],
  why: string,
  place: { readonly hook?: string; readonly alone?: string } = {},
): Next =>
  end(
    world,
    flight,
    'unknown',
    { kind, text: `cannot tell: ${why}`, evidence: { fact: why } },
    { ...place, dependsOn: why },
  );

const entriesOf = (journal: Journal | undefined, until?: Journal): readonly Journal[] => {
  const entries: Journal[] = [];
  for (let entry = journal; entry !== undefined && entry !== until; entry = entry.before) entries.push(entry);
  return entries.reverse();
};

/** Consecutive steps at one place are one hop. */
export const hopsOf = (journal: Journal | undefined): readonly Hop[] => {
  const hops: { netns: Hop['netns']; container?: NonNullable<Hop['container']>; at: string; steps: Step[] }[] = [];
  for (const entry of entriesOf(journal)) {
    const last = hops.at(-1);
    if (last !== undefined && last.netns === entry.netns && last.at === entry.at) last.steps.push(entry.step);
    else
      hops.push({
        netns: entry.netns,
        ...(entry.container !== undefined && { container: entry.container }),
        at: entry.at,
        steps: [entry.step],
      });
  }
  return hops;
};
