/** Who reaches whom: the outcome for every ordered pair of containers (and the host), one after the other. */
import type { Graph } from '../graph/graph.ts';
import type { NetnsId } from '../model/ids.ts';
import { buildWorld } from './build-world.ts';
import { chooseAddress } from './endpoints/choose-address.ts';
import type { Endpoint } from './endpoints/resolve-endpoint.ts';
import { heedMeant } from './heed-meant.ts';
import type { Outcome, Step } from './trace.ts';
import { failureOf, follow } from './trace-connection.ts';
import { firstPacket, startInside } from './trace-packet.ts';
import { twinClasses } from './twin-containers.ts';
import type { World } from './world.ts';

export interface MatrixQuestion {
  /** TCP port; absent: an ICMP echo. */
  readonly port?: number;
  /** What stands for the rows and columns; every running container, and the host, when absent. */
  readonly ends?: readonly Endpoint[];
}

export interface MatrixPair {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Address of `to` that was asked for; absent when it has none. */
  readonly address?: string;
  readonly outcome: Outcome;
  readonly decidedBy?: Step;
  /** This pair was not traced: the kernel treats both ends like those of an earlier pair, whose `decidedBy` names the other addresses. */
  readonly like?: { readonly from: Endpoint; readonly to: Endpoint };
  /** How many of all pairs are done, this one included. */
  readonly done: number;
  readonly total: number;
}

/** One end per netns: containers that share one reach the same. */
export const matrixEnds = (graph: Graph): readonly Endpoint[] => {
  const seen = new Set<NetnsId>();
  const ends: Endpoint[] = [];
  for (const host of graph.hosts.values()) {
    const node = host.netns && graph.netns.get(host.netns);
    if (node) ends.push({ name: node.name, netns: node.id });
  }
  for (const { netns } of ends) if (netns !== undefined) seen.add(netns);
  for (const container of graph.containers.values()) {
    if (container.netns === undefined || seen.has(container.netns)) continue;
    seen.add(container.netns);
    // The one whose netns it is stands first.
    const owner = graph.containers.get(graph.netns.get(container.netns)?.containers[0] ?? container.id) ?? container;
    const name = graph.hosts.size > 1 ? graph.netns.get(container.netns)?.name : undefined;
    ends.push({ name: name ?? owner.facts.name, netns: container.netns, container: owner.id });
  }
  return ends;
};

type Reached = Pick<MatrixPair, 'address' | 'outcome' | 'decidedBy'>;

const trace = (world: World, from: Endpoint, to: Endpoint, port: number | undefined): Reached => {
  const address = chooseAddress(world, from, to);
  if (typeof address !== 'string') return { outcome: 'no-route' };
  const packet = firstPacket({ ...to, ...(port !== undefined && { port }) }, address);
  const { next, origin } = startInside(world, from.netns!, packet);
  const meant = to.address === undefined ? to.netns : undefined;
  const failed = failureOf(heedMeant(world, follow(world, next, origin), origin.netns, meant));
  const step = failed?.flight.journal?.step;
  return { address, outcome: failed?.outcome ?? 'delivered', ...(step && { decidedBy: step }) };
};

/** Numbers for the classes, so that a pair's key is short. A netns without twins is a class of its own. */
const classNumbers = (
  world: World,
  ends: readonly Endpoint[],
  port: number | undefined,
): ReadonlyMap<Endpoint, number> => {
  const host = [...world.graph.netns.values()].find((node) => node.facts.isHost)?.id;
  const netns = ends.map((end) => end.netns).filter((id) => id !== undefined);
  const oneHost = world.graph.hosts.size === 1 && host !== undefined;
  const classes = oneHost ? twinClasses(world, host, netns, port === undefined ? 'icmp' : 'tcp', port) : undefined;
  const numbers = new Map<string, number>();
  return new Map(
    ends.map((end) => {
      const name = (end.netns && classes?.get(end.netns)) ?? `alone ${end.netns} ${end.address ?? ''}`;
      const number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      return [end, number] as const;
    }),
  );
};

/** Take pairs as long as there is time, then come back: every pair stands alone, and leaving off is free. */
export function* traceMatrix(graph: Graph, question: MatrixQuestion = {}): Generator<MatrixPair> {
  const world: World = { ...buildWorld(graph), terse: true };
  const ends = question.ends ?? matrixEnds(graph);
  const total = ends.length * (ends.length - 1);
  const classes = classNumbers(world, ends, question.port);
  const known = new Map<number, { readonly from: Endpoint; readonly to: Endpoint; readonly reached: Reached }>();
  let done = 0;
  for (const from of ends) {
    for (const to of ends) {
      if (from === to) continue;
      done++;
      const key = classes.get(from)! * ends.length + classes.get(to)!;
      const like = known.get(key);
      if (like !== undefined) {
        const address = chooseAddress(world, from, to);
        yield {
          from,
          to,
          ...like.reached,
          ...(typeof address === 'string' && { address }),
          like: { from: like.from, to: like.to },
          done,
          total,
        };
        continue;
      }
      const reached = trace(world, from, to, question.port);
      known.set(key, { from, to, reached });
      yield { from, to, ...reached, done, total };
    }
  }
}
