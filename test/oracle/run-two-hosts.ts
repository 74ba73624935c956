/** Two hosts: built, each read alone, every pair predicted on the graph of both, sent for real, compared, and taken down. */
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Trace } from '../../src/trace/trace.ts';
import type { Agreement } from './compare.ts';
import { compare } from './compare.ts';
import type { Probe } from './random-probes.ts';
import { readFacts } from './read-facts.ts';
import { predict, setUp, takeDown } from './run-topology.ts';
import type { Observation } from './send-probes.ts';
import { closeListeners, openListeners, sendProbes } from './send-probes.ts';
import type { TwoHosts } from './two-hosts.ts';
import { buildTwoHosts } from './two-hosts.ts';

export interface PairCase {
  readonly probe: Probe;
  readonly trace: Trace;
  readonly observed: Observation;
  readonly agreement: Agreement;
}

export interface PairsResult {
  readonly cases: readonly PairCase[];
  readonly failedCommands: readonly string[];
}

/** Every end to every address of every other end: ping, TCP and UDP where somebody listens, TCP where nobody does. */
const pairProbes = ({ topology, ends }: TwoHosts): readonly Probe[] => {
  const questions = [
    { proto: 'icmp', dport: 0 },
    { proto: 'tcp', dport: 80 },
    { proto: 'udp', dport: 80 },
    { proto: 'tcp', dport: 8080 },
  ] as const;
  const wanted = ends.flatMap((netns) =>
    topology.addresses
      .filter((one) => one.netns !== netns && ends.includes(one.netns))
      .flatMap(({ address }) => questions.map((question) => ({ netns, dst: address, ...question }))),
  );
  return wanted.map((probe, number) => ({ ...probe, number }));
};

const readGraph = (prefix: string, { hosts }: TwoHosts, sockets: ReturnType<typeof openListeners>['sockets']): Graph =>
  buildGraph(
    hosts.map(({ name, own, netns }) =>
      readFacts(
        prefix,
        netns.map((one) => ({ name: one, sockets: sockets.get(one) ?? [] })),
        { name, own },
      ),
    ),
  );

const round = async (
  prefix: string,
  built: TwoHosts,
  probes: readonly Probe[],
  quietMs: number,
): Promise<PairsResult> => {
  const { topology } = built;
  try {
    const failedCommands = setUp(topology, prefix);
    const listeners = openListeners(prefix, topology);
    try {
      const graph = readGraph(prefix, built, listeners.sockets);
      const nameOf = (id: string): string =>
        [...graph.netns.values()].find((node) => node.id === id)?.facts.names[0] ?? id;
      const traces = probes.map((probe) => predict(graph, probe));
      const observed = await sendProbes(prefix, listeners, probes, quietMs);
      const cases = probes.map((probe, n) => {
        const seen = observed.get(probe.number)!;
        return { probe, trace: traces[n]!, observed: seen, agreement: compare(traces[n]!, seen, probe, nameOf) };
      });
      return { cases, failedCommands };
    } finally {
      closeListeners(listeners);
    }
  } finally {
    takeDown(topology, prefix);
  }
};

/** What disagrees is sent once more, in a fresh network and with fewer beside it: a busy machine loses packets. */
export const runTwoHosts = async (name: string, prefix: string): Promise<PairsResult> => {
  const built = buildTwoHosts(name);
  const first = await round(prefix, built, pairProbes(built), 150);
  const doubtful = first.cases.filter(({ agreement }) => agreement.kind === 'disagrees');
  if (doubtful.length === 0) return first;
  const again = await round(
    prefix,
    built,
    doubtful.map(({ probe }) => probe),
    1500,
  );
  const byNumber = new Map(again.cases.map((one) => [one.probe.number, one]));
  return { ...first, cases: first.cases.map((one) => byNumber.get(one.probe.number) ?? one) };
};
