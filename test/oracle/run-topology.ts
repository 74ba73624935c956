/** One random network: built, traced, probed for real, compared, and taken down again. */
import { execFileSync, spawnSync } from 'node:child_process';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { buildWorld } from '../../src/trace/build-world.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { firstPacket, startInside, traceStart } from '../../src/trace/trace-packet.ts';
import type { Agreement } from './compare.ts';
import { compare } from './compare.ts';
import type { CounterFault } from './counters.ts';
import { checkCounters, readCounters } from './counters.ts';
import { seededRandom } from './random.ts';
import type { Probe } from './random-probes.ts';
import { randomProbe } from './random-probes.ts';
import { addRandomRules } from './random-rules.ts';
import { randomTopology } from './random-topology.ts';
import { readFacts } from './read-facts.ts';
import type { Observation } from './send-probes.ts';
import { closeListeners, openListeners, sendProbes } from './send-probes.ts';
import type { Topology } from './topology.ts';
import { builder } from './topology.ts';

export interface CaseResult {
  readonly seed: number;
  readonly probe: Probe;
  readonly trace: Trace;
  readonly observed: Observation;
  readonly agreement: Agreement;
}

export interface TopologyResult {
  readonly seed: number;
  readonly topology: Topology;
  readonly cases: readonly CaseResult[];
  /** Rules that counted fewer packets than predicted to be decided by them. */
  readonly counterFaults: readonly CounterFault[];
  /** Commands that failed: their effect is in the facts, so they are told and not held against anybody. */
  readonly failedCommands: readonly string[];
}

/** From here on seeds draw rare matches and targets too. */
const firstWide = 1_000_000;

/** The topology of a seed, rules included. */
export const topologyOf = (seed: number): Topology => {
  const random = seededRandom(seed);
  const wide = seed >= firstWide;
  const topology = randomTopology(random, wide);
  addRandomRules(random, topology, builder(topology), wide);
  return topology;
};

/** A script a person can run to have the same network. */
export const scriptOf = (topology: Topology, prefix: string): string => {
  const inside = topology.inside.map(
    ({ netns, script }) => `nsenter --net=/run/netns/${prefix}${netns} sh -e <<'INSIDE'\n${script}\nINSIDE`,
  );
  return [...topology.commands.map((command) => command.replaceAll('$P', prefix)), ...inside].join('\n');
};

export const setUp = (topology: Topology, prefix: string): readonly string[] => {
  const lines = topology.commands.map((command) => command.replaceAll('$P', prefix));
  const script = lines
    .map((line) => `${line} 2>/dev/null || echo ${JSON.stringify(line).replaceAll('$', '\\$')}`)
    .join('\n');
  const failed = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
  const byNetns = new Map<string, string[]>();
  for (const { netns, script: text } of topology.inside) byNetns.set(netns, [...(byNetns.get(netns) ?? []), text]);
  for (const [netns, scripts] of byNetns) {
    for (const text of [
      scripts.filter((one) => one.startsWith('echo')).join('\n'),
      ...scripts.filter((one) => !one.startsWith('echo')),
    ]) {
      if (text === '') continue;
      const result = spawnSync('nsenter', [`--net=/run/netns/${prefix}${netns}`, 'sh', '-c', text], {
        encoding: 'utf8',
      });
      if (result.stderr.trim() !== '') failed.push(`${netns}: ${result.stderr.trim()}\n${text}`);
    }
  }
  return failed;
};

export const takeDown = (topology: Topology, prefix: string): void => {
  spawnSync('sh', ['-c', topology.netns.map((name) => `ip netns del ${prefix}${name} 2>/dev/null`).join('\n')]);
};

export const predict = (graph: Graph, probe: Probe): Trace => {
  const world = buildWorld(graph);
  const node = [...graph.netns.values()].find(({ facts }) => facts.names[0] === probe.netns)!;
  const to = {
    name: probe.dst,
    address: probe.dst,
    ...(probe.proto !== 'icmp' && { port: probe.dport }),
    proto: probe.proto,
  };
  const packet = firstPacket(to, probe.dst, {
    ...(probe.sport !== undefined && { sport: probe.sport }),
    ...(probe.mark !== undefined && { mark: probe.mark }),
    ...(probe.source !== undefined && { source: probe.source }),
    // What is sent: 8 bytes of payload in a datagram, 64 bytes of ICMP; a SYN with the kernel's usual options.
    length: { tcp: 60, udp: 36, icmp: 84 }[probe.proto] + (probe.dst.includes(':') ? 20 : 0),
  });
  return traceStart(world, { from: probe.netns, to: probe.dst }, startInside(world, node.id, packet));
};

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

/** What is built and sent; the same each time it is asked for. */
export interface OracleNetwork {
  readonly seed: number;
  readonly topology: Topology;
  readonly probes: readonly Probe[];
}

export const randomNetwork = (seed: number, count: number): OracleNetwork => {
  const topology = topologyOf(seed);
  const random = seededRandom(seed ^ 0x5eed);
  return {
    seed,
    topology,
    probes: Array.from({ length: count }, (_, number) => randomProbe(random, topology, number)),
  };
};

export interface RunOptions {
  /** Only the probe of that number is sent. */
  readonly just?: number;
  /** Keeps the network up until it resolves. */
  readonly hold?: () => Promise<void>;
}

/**
 * What disagrees is sent once more alone in a fresh network: packets sent together teach the netns neighbours that the facts, read
 * before, do not have, and wait behind each other for a neighbour that does not answer the first one's address.
 */
export const runNetwork = async (
  { seed, topology, probes }: OracleNetwork,
  prefix: string,
  options: RunOptions = {},
): Promise<TopologyResult> => {
  const run = (sent: readonly Probe[]): Promise<TopologyResult> =>
    tryTopology(topology, sent, prefix, { seed, ...options });
  const only = (number: number): readonly Probe[] => probes.filter((probe) => probe.number === number);
  if (options.just !== undefined) return run(only(options.just));
  const result = await run(probes);
  const alone = new Map<number, TopologyResult>();
  const sendAlone = async (number: number): Promise<TopologyResult> => {
    const one = alone.get(number) ?? (await run(only(number)));
    alone.set(number, one);
    return one;
  };
  const cases: CaseResult[] = [];
  for (const one of result.cases)
    cases.push(one.agreement.kind === 'disagrees' ? (await sendAlone(one.probe.number)).cases[0]! : one);
  const counterFaults: CounterFault[] = [];
  for (const fault of result.counterFaults)
    for (const number of fault.probes) counterFaults.push(...(await sendAlone(number)).counterFaults);
  return { ...result, cases, counterFaults };
};

/** A network of whatever make, and packets of whatever kind. */
export const tryTopology = async (
  topology: Topology,
  probes: readonly Probe[],
  prefix: string,
  { seed, hold }: Pick<RunOptions, 'hold'> & { readonly seed: number },
): Promise<TopologyResult> => {
  try {
    const failedCommands = setUp(topology, prefix);
    const listeners = openListeners(prefix, topology);
    try {
      await settle();
      const snapshot = readFacts(
        prefix,
        topology.netns.map((name) => ({ name, sockets: listeners.sockets.get(name) ?? [] })),
      );
      const graph = buildGraph([snapshot]);
      const nameOf = (netns: string): string =>
        [...graph.netns.values()].find((node) => node.id === netns)?.facts.names[0] ?? netns;
      const traces = new Map(probes.map((probe) => [probe.number, predict(graph, probe)] as const));
      const before = readCounters(prefix, topology.netns);
      const observed = await sendProbes(prefix, listeners, probes);
      await hold?.();
      const after = readCounters(prefix, topology.netns);
      const cases = probes.map((probe) => {
        const trace = traces.get(probe.number)!;
        const seen = observed.get(probe.number)!;
        return { seed, probe, trace, observed: seen, agreement: compare(trace, seen, probe, nameOf) };
      });
      const counterFaults = checkCounters(traces, nameOf, before, after);
      return { seed, topology, cases, counterFaults, failedCommands };
    } finally {
      closeListeners(listeners);
    }
  } finally {
    takeDown(topology, prefix);
  }
};
