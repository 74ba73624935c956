/** The MAC a packet is sent to: a fixed neighbour entry, or whoever answers on the link's segment. */
import type { LinkNode } from '../../graph/graph.ts';
import type { Neighbour } from '../../model/route.ts';
import type { World } from '../world.ts';
import { remember } from '../world.ts';
import { possibleOwners } from './address-owners.ts';
import type { NeighbourQuestion } from './answers-neighbour.ts';
import { answersNeighbour } from './answers-neighbour.ts';
import { discoveryPasses } from './discovery-passes.ts';
import { findCut, findCutOwner } from './find-cut.ts';
import { sendFrom } from './find-frame-target.ts';
import { floodFrom } from './flood.ts';
import { proxyAnswer } from './proxy-answer.ts';

export type NeighbourResolution =
  /** `owner` absent: the MAC comes from an entry, nobody was asked. */
  | {
      readonly kind: 'mac';
      readonly mac: string;
      readonly how: string;
      readonly entry?: Neighbour;
      readonly owners: readonly LinkNode[];
    }
  /** Nobody we can see answers, but the segment goes on where we cannot see. */
  | { readonly kind: 'beyond'; readonly link: LinkNode; readonly why: string; readonly entry?: Neighbour }
  | { readonly kind: 'nobody'; readonly why: string; readonly entry?: Neighbour }
  | { readonly kind: 'unknown'; readonly why: string };

const fixedStates: ReadonlySet<string> = new Set(['PERMANENT', 'NOARP']);
const answeredStates: ReadonlySet<string> = new Set(['REACHABLE', 'STALE', 'DELAY', 'PROBE']);

const entryOf = (world: World, link: LinkNode, target: string): Neighbour | undefined =>
  world
    .view(link.netns)
    .node.facts.neighbours?.find(
      (entry) => entry.dev === link.facts.ifname && entry.dst === target && entry.proxy === undefined,
    );

interface Answerer {
  readonly link: LinkNode;
  readonly how: string;
}

/** ipvlan links of one parent have one MAC address: answers find them by the address asked for. */
const sharesParent = (a: LinkNode, b: LinkNode): boolean =>
  a.kind === 'ipvlan' &&
  b.kind === 'ipvlan' &&
  a.lowerLink?.certainty === 'exact' &&
  b.lowerLink?.certainty === 'exact' &&
  a.lowerLink.to === b.lowerLink.to;

/** An ipvlan link's frames have its parent's MAC address: the parent gets them and passes them on by address. */
const hearsFor = (link: LinkNode, from: LinkNode): boolean =>
  link.id === from.id ||
  (from.kind === 'ipvlan' && from.lowerLink?.certainty === 'exact' && from.lowerLink.to === link.id);

/** Whoever answers, and whose answer gets back. */
const ask = (world: World, from: LinkNode, question: NeighbourQuestion) => {
  const segment = floodFrom(world, from, question.family === 4 ? 'broadcast' : 'multicast');
  const answerers: Answerer[] = [];
  const reasons: string[] = [];
  const asked = possibleOwners(world, question.target).flatMap((id) => segment.byNetns.get(id) ?? []);
  for (const link of asked) {
    if (link.id === from.id) continue;
    const answer = answersNeighbour(world, link, question);
    if (answer.kind === 'unknown') return { unknown: answer.why };
    if (answer.kind === 'silent') {
      if (answer.why !== undefined) reasons.push(answer.why);
      continue;
    }
    if (question.family === 6) {
      const passage = discoveryPasses(world, from, link, question);
      if (passage.kind === 'unknown') return { unknown: passage.why };
      if (passage.kind === 'stopped') {
        reasons.push(passage.why);
        continue;
      }
    }
    if (sharesParent(link, from)) {
      answerers.push({ link, how: answer.how });
      continue;
    }
    const back = sendFrom(world, link, { srcMac: link.facts.address, dstMac: from.facts.address ?? '', vlan: 0 });
    if (back.kind === 'unknown') return { unknown: back.why };
    if (back.kind === 'link' && hearsFor(back.link, from)) answerers.push({ link, how: answer.how });
    else
      reasons.push(
        `the answer of ${world.view(link.netns).node.name} does not come back${back.kind === 'lost' ? `: ${back.why}` : ''}`,
      );
  }
  reasons.push(...segment.stopped);
  const proxied = segment.proxies.map((link) => proxyAnswer(world, link, question));
  const fixed = proxied.find((one) => one.mac !== undefined);
  if (fixed === undefined) reasons.push(...proxied.map((one) => one.why));
  return { answerers, reasons, beyond: segment.beyond, ...(fixed?.mac !== undefined && { fixed }) };
};

const chooseAnswerer = (answerers: readonly Answerer[], entry: Neighbour | undefined): NeighbourResolution => {
  const macs = new Set(answerers.map(({ link }) => link.facts.address));
  const cached = entry?.state.some((state) => answeredStates.has(state)) ? entry.lladdr : undefined;
  const chosen = answerers.find(({ link }) => link.facts.address === cached) ?? answerers[0]!;
  if (macs.size > 1 && chosen.link.facts.address !== cached) {
    return {
      kind: 'unknown',
      why: `several links answer for the address: ${[...macs].join(', ')}; the first answer wins`,
    };
  }
  return {
    kind: 'mac',
    mac: chosen.link.facts.address ?? '',
    how: chosen.how,
    owners: answerers.filter(({ link }) => link.facts.address === chosen.link.facts.address).map(({ link }) => link),
    ...(entry && { entry }),
  };
};

const describeFailure = (
  world: World,
  from: LinkNode,
  target: string,
  reasons: readonly string[],
  entry: Neighbour | undefined,
): string => {
  const failed = entry?.state.some((state) => state === 'FAILED' || state === 'INCOMPLETE')
    ? `; the neighbour entry is ${entry.state.join(' ')}`
    : '';
  const cut = reasons.length > 0 ? undefined : findCutOwner(world, from, target);
  const because = cut !== undefined ? `: ${cut}` : reasons.length > 0 ? ` (${reasons.join('; ')})` : '';
  return `nobody on ${from.facts.ifname} answers for ${target}${because}${failed}`;
};

/**
 * A macvlan's frames go out by its parent and are not seen by the parent itself, nor the parent's by its macvlans: an address of
 * either is out of reach for the other, and nobody else on the wire has it.
 */
const ownerApart = (world: World, wire: LinkNode, target: string): string | undefined => {
  const onWire = [wire, ...wire.upperLinks.map((id) => world.link(id))];
  const owner = onWire.find((link) => link.addresses.some((info) => info.local === target));
  if (owner === undefined) return undefined;
  const name = world.view(owner.netns).node.name;
  return `${target} is an address of ${name} (${owner.facts.ifname}) on the same ${wire.facts.ifname}: ${wire.facts.ifname} and the links on it do not hear each other`;
};

/** `question.target` is the next hop; a link that does not ask (NOARP, tunnels) has no business here. */
export const resolveNeighbour = (world: World, from: LinkNode, question: NeighbourQuestion): NeighbourResolution =>
  remember(world.memo, `neigh ${from.id} ${question.target} ${question.sender}`, () => {
    const entry = entryOf(world, from, question.target);
    if (entry?.lladdr !== undefined && entry.state.some((state) => fixedStates.has(state))) {
      return { kind: 'mac', mac: entry.lladdr, how: `${entry.state.join(' ')} neighbour entry`, entry, owners: [] };
    }
    if (from.state !== 'up' && from.state !== 'unknown') {
      const state = from.state === 'down' ? 'down' : 'without carrier';
      const cut = from.state === 'down' ? undefined : findCut(world, from);
      const because = cut === undefined ? '' : `: ${cut}`;
      return { kind: 'nobody', why: `${from.facts.ifname} is ${state}${because}`, ...(entry && { entry }) };
    }
    const asked = ask(world, from, question);
    if (asked.unknown !== undefined) return { kind: 'unknown', why: asked.unknown };
    if (asked.answerers.length > 0) return chooseAnswerer(asked.answerers, entry);
    if (asked.fixed?.mac !== undefined)
      return { kind: 'mac', mac: asked.fixed.mac, how: asked.fixed.why, owners: [], ...(entry && { entry }) };
    const cached = entry?.state.some((state) => answeredStates.has(state)) ? entry.lladdr : undefined;
    if (cached !== undefined && entry !== undefined && asked.beyond.length === 0) {
      return {
        kind: 'mac',
        mac: cached,
        how: `${entry.state.join(' ')} neighbour entry, though nobody answers now`,
        entry,
        owners: [],
      };
    }
    const wire = asked.beyond[0];
    const apart = wire && ownerApart(world, wire.link, question.target);
    if (apart !== undefined) return { kind: 'nobody', why: apart, ...(entry && { entry }) };
    const failed = entry?.state.includes('FAILED') ?? false;
    if (wire !== undefined && !failed)
      return { kind: 'beyond', link: wire.link, why: wire.why, ...(entry && { entry }) };
    return {
      kind: 'nobody',
      why: describeFailure(world, from, question.target, asked.reasons, entry),
      ...(entry && { entry }),
    };
  });
