/** Who reaches whom: the outcome for every ordered pair of containers (and the host), one after the other. */
import type { Graph } from '../graph/graph.ts';
import type { NetnsId } from '../model/ids.ts';
import { buildWorld } from './build-world.ts';
import { chooseAddress } from './endpoints/choose-address.ts';
import type { Endpoint } from './endpoints/resolve-endpoint.ts';
import type { Outcome, Step } from './trace.ts';
import { follow } from './trace-connection.ts';
import { firstPacket, startInside } from './trace-packet.ts';
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
    ends.push({ name: container.facts.name, netns: container.netns, container: container.id });
  }
  return ends;
};

type Reached = Pick<MatrixPair, 'address' | 'outcome' | 'decidedBy'>;

const trace = (world: World, from: Endpoint, to: Endpoint, port: number | undefined): Reached => {
  const address = chooseAddress(world, from, to);
  if (typeof address !== 'string') return { outcome: 'no-route' };
  const packet = firstPacket({ ...to, ...(port !== undefined && { port }) }, address);
  const { next, origin } = startInside(world, from.netns!, packet);
  const { request, reply } = follow(world, next, origin);
  const failed = request.outcome !== 'delivered' ? request : reply?.outcome !== 'delivered' ? reply : undefined;
  const step = failed?.flight.journal?.step;
  return { address, outcome: failed?.outcome ?? 'delivered', ...(step && { decidedBy: step }) };
};

/** Take pairs as long as there is time, then come back: every pair stands alone, and leaving off is free. */
export function* traceMatrix(graph: Graph, question: MatrixQuestion = {}): Generator<MatrixPair> {
  const world: World = { ...buildWorld(graph), terse: true };
  const ends = question.ends ?? matrixEnds(graph);
  const total = ends.length * (ends.length - 1);
  let done = 0;
  for (const from of ends) {
    for (const to of ends) {
      if (from === to) continue;
      done++;
      yield { from, to, ...trace(world, from, to, question.port), done, total };
    }
  }
}
