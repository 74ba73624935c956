import { beforeAll, describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { tracePacket } from '../../src/trace/trace-packet.ts';
import { loadRecording } from '../support/load-recording.ts';

/** The standard scenario, with what real connections did on each of these hosts. */
const recordings = [
  'docker-20-standard',
  'docker-20-legacy',
  'docker-20.10.5-standard',
  'docker-26-standard',
  'docker-28-standard',
  'docker-28-noproxy',
] as const;

const hostAddress = (graph: Graph): string => {
  const host = [...graph.netns.values()].find((node) => node.facts.isHost)!;
  return graph.links
    .get(host.links.find((id) => graph.links.get(id)!.facts.ifname === 'eth0')!)!
    .addresses.find((info) => info.family === 'inet')!.local;
};

const addressOn = (graph: Graph, container: string, network: string): string =>
  [...graph.containers.values()]
    .find(({ facts }) => facts.name === container)!
    .facts.endpoints.find((endpoint) => endpoint.network === network)!.ipv4!;

const ask = (graph: Graph, from: string, to: string): Trace => {
  const trace = tracePacket(graph, { from, to });
  if ('error' in trace) throw new Error(trace.error);
  return trace;
};

describe.each(recordings)('on %s', (name) => {
  let graph: Graph;
  beforeAll(async () => {
    graph = buildGraph([await loadRecording(name)]);
  });

  test.each([
    ['app2', 'app1:80', 'delivered'],
    ['plain1', 'web1:80', 'delivered'],
    ['in2', 'in1:80', 'delivered'],
    ['multi1', 'in1:80', 'delivered'],
    ['app1', 'side1:80', 'delivered'],
    ['ni2', 'ni1:80', 'dropped'],
    ['plain1', 'outside', 'delivered'],
    ['ni2', 'outside', 'delivered'],
    ['none1', 'outside', 'no-route'],
    ['mv1', 'outside', 'delivered'],
    ['host', 'web1:80', 'delivered'],
    ['host', 'web1:81', 'no-listener'],
  ] as const)('%s → %s is %s', (from, to, outcome) => {
    expect(ask(graph, from, to).outcome).toBe(outcome);
  });

  test.each([
    ['host', 8080, 'delivered'],
    ['10.77.0.1', 8080, 'delivered'],
    ['app1', 8080, name === 'docker-28-noproxy' ? 'dropped' : 'delivered'],
    ['web1', 8080, 'delivered'],
    ['10.77.0.1', 8081, 'no-listener'],
  ] as const)('%s → the host, port %d, is %s', (from, port, outcome) => {
    const trace = ask(graph, from, `${hostAddress(graph)}:${port}`);
    // Without the proxy the neighbours of other bridges are kept apart by isolation from 20.10 on.
    expect(trace.outcome, trace.explanation).toBe(outcome);
  });

  test('a port published on 127.0.0.1 is reached from the host by it', () => {
    expect(ask(graph, 'host', '127.0.0.1:8081').outcome).toBe('delivered');
  });

  test('an address on another bridge is out of reach, by a rule of Docker', () => {
    const trace = ask(graph, 'app1', `${addressOn(graph, 'plain1', 'bridge')}:80`);
    expect(trace.outcome).toBe('dropped');
    expect(trace.decidedBy?.evidence.rule?.madeBy).toBe('Docker');
  });

  test('an internal network has no way out', () => {
    expect(ask(graph, 'in2', 'outside').outcome).not.toBe('delivered');
  });

  test('the host and its macvlan container do not hear each other', () => {
    const trace = ask(graph, 'host', `${addressOn(graph, 'mv1', 'lanmv')}:80`);
    expect(trace.outcome).toBe('no-neighbour');
    expect(trace.explanation).toContain('do not hear each other');
  });

  test('without masquerading the answer from outside is not taken for granted', () => {
    const trace = ask(graph, 'nm1', 'outside');
    expect(trace.request.outcome).toBe('delivered');
    expect(trace.outcome).toBe('unknown');
  });
});
