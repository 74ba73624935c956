/** Which wires of different hosts are one network: by what their neighbour tables say, else by their addresses. */
import type { LinkNode } from '../../graph/graph.ts';
import type { Neighbour } from '../../model/route.ts';
import { parseAddress, prefixContains } from '../../std/ip-address.ts';
import type { World } from '../world.ts';
import { remember } from '../world.ts';
import type { Voice } from './wires.ts';
import { allWires, isWire, needsProof, voicesOn } from './wires.ts';

/** The other host's end of a wire. */
export interface Joint {
  readonly link: LinkNode;
  /** A neighbour table has the other's MAC; else only the addresses speak for it. */
  readonly proven: boolean;
  /** `10.0.0.2 is at 02:…:02 (neighbours of node-a)`, `both are in 10.0.0.0/24`. */
  readonly why: string;
}

const shares = (a: Voice, b: Voice): boolean => {
  const here = parseAddress(a.address);
  const there = parseAddress(b.address);
  if (here === undefined || there === undefined || a.family !== b.family || a.vlan !== b.vlan) return false;
  // One address on both is no network they share, but two that look alike (every docker0, every NAT of a laptop).
  if (a.address === b.address || a.length === 0 || b.length === 0) return false;
  return prefixContains({ ...here, length: a.length }, there) && prefixContains({ ...there, length: b.length }, here);
};

const knows = (world: World, asker: Voice, asked: Voice): Neighbour | undefined =>
  world
    .view(asker.link.netns)
    .node.facts.neighbours?.find(
      (entry) => entry.dev === asker.link.facts.ifname && entry.dst === asked.address && entry.lladdr !== undefined,
    );

/** Only what was confirmed lately speaks against it: an old entry may be of a machine that is gone. */
const confirmed: ReadonlySet<string> = new Set(['REACHABLE', 'PERMANENT']);

type Verdict = { readonly kind: 'proven' | 'likely'; readonly why: string } | { readonly kind: 'refuted' };

const judge = (world: World, a: Voice, b: Voice): Verdict => {
  for (const [asker, asked] of [
    [a, b],
    [b, a],
  ] as const) {
    const entry = knows(world, asker, asked);
    if (entry === undefined) continue;
    if (entry.lladdr === asked.link.facts.address) {
      const why = `${entry.dst} is at ${entry.lladdr} (neighbours of ${world.view(asker.link.netns).node.name})`;
      return { kind: 'proven', why };
    }
    if (entry.state.some((state) => confirmed.has(state))) return { kind: 'refuted' };
  }
  return { kind: 'likely', why: `${a.address}/${a.length} and ${b.address}/${b.length} are taken to be one network` };
};

const join = (world: World, a: LinkNode, b: LinkNode): Joint | undefined => {
  let likely: string | undefined;
  for (const here of voicesOn(world, a)) {
    for (const there of voicesOn(world, b)) {
      if (!shares(here, there)) continue;
      const verdict = judge(world, here, there);
      if (verdict.kind === 'proven') return { link: b, proven: true, why: verdict.why };
      if (verdict.kind === 'likely' && !needsProof(a) && !needsProof(b)) likely ??= verdict.why;
    }
  }
  return likely === undefined ? undefined : { link: b, proven: false, why: likely };
};

const none: readonly Joint[] = [];

/** Wires of other hosts that hear what is sent by this one. With one host there are none. */
export const joinedWires = (world: World, link: LinkNode): readonly Joint[] => {
  if (world.graph.hosts.size < 2) return none;
  return remember(world.memo, `joined ${link.id}`, () => {
    if (!isWire(world, link)) return none;
    const { host } = world.view(link.netns).node;
    return allWires(world)
      .filter((other) => world.view(other.netns).node.host !== host)
      .map((other) => join(world, link, other))
      .filter((joint) => joint !== undefined);
  });
};
