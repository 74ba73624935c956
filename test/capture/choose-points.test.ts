import { beforeAll, expect, test } from 'vitest';
import { choosePoints } from '../../src/capture/choose-points.ts';
import { namePoints } from '../../src/capture/name-points.ts';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { tracePacket } from '../../src/trace/trace-packet.ts';
import { loadRecording } from '../support/load-recording.ts';

let graph: Graph;
beforeAll(async () => {
  graph = buildGraph([await loadRecording('docker-28-standard')]);
});

const pointsOf = (from: string, to: string): readonly string[] => {
  const trace = tracePacket(graph, { from, to });
  if ('error' in trace) throw new Error(trace.error);
  const links = choosePoints(graph, trace);
  return namePoints(graph, links, links).map(({ name }) => name);
};

test('two containers of a bridge: both ends of both pairs, and the bridge between', () => {
  expect(pointsOf('web1', 'plain1')).toEqual(['web1/eth0', 'veth73a0edf', 'docker0', 'veth1b0f260', 'plain1/eth0']);
});

test('a container and the world: up to the uplink', () => {
  expect(pointsOf('web1', 'outside:443')).toEqual(['web1/eth0', 'veth73a0edf', 'docker0', 'eth0']);
});

test('the world and a published port: the other way about', () => {
  expect(pointsOf('outside', 'host:8080')).toEqual(['eth0', 'docker0', 'veth73a0edf', 'web1/eth0']);
});

test('a path that ends at a rule shows also where the packet would have gone', () => {
  expect(pointsOf('app2', 'web1:80')).toEqual([
    'app2/eth0',
    'vetha1c446e',
    'br-app',
    'docker0',
    'veth73a0edf',
    'web1/eth0',
  ]);
});

test('a macvlan: itself and what it sits on', () => {
  expect(pointsOf('mv1', 'outside')).toEqual(['mv1/eth0', 'eth0']);
});

test('what never leaves a netns is seen on its loopback', () => {
  expect(pointsOf('web1', 'web1:80')).toEqual(['web1/lo']);
});
