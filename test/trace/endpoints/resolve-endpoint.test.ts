import { beforeAll, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { resolveEndpoint } from '../../../src/trace/endpoints/resolve-endpoint.ts';
import { loadRecording } from '../../support/load-recording.ts';

let graph: Graph;
beforeAll(async () => {
  graph = buildGraph([await loadRecording('docker-28-standard')]);
});

const names = (text: string): readonly string[] => {
  const found = resolveEndpoint(graph, text);
  return 'error' in found ? [found.error] : found.map((endpoint) => endpoint.name);
};

test('a container goes by its name, the start of its id, and container:', () => {
  const web = [...graph.containers.values()].find(({ facts }) => facts.name === 'web1')!;
  expect(names('web1')).toEqual(['web1']);
  expect(names(web.facts.fullId.slice(0, 12))).toEqual(['web1']);
  expect(names('container:web1')).toEqual(['web1']);
});

test('a netns goes by its inode and by a process in it', () => {
  const web = [...graph.containers.values()].find(({ facts }) => facts.name === 'web1')!;
  const { inode } = graph.netns.get(web.netns!)!.facts;
  for (const text of [`netns:${inode}`, `pid:${web.facts.pid}`]) {
    const found = resolveEndpoint(graph, text);
    expect('error' in found ? found : found[0]?.netns).toBe(web.netns);
  }
});

test('containers that share a netns are the same place', () => {
  const [app, side] = ['app1', 'side1'].map((name) => resolveEndpoint(graph, name));
  expect('error' in app! ? app : app![0]?.netns).toBe('error' in side! ? side : side![0]?.netns);
});

test('an address belongs to whoever has it; one that nobody has lies beyond the picture', () => {
  expect(resolveEndpoint(graph, '172.20.0.1')).toMatchObject([{ address: '172.20.0.1' }]);
  expect(resolveEndpoint(graph, '203.0.113.80:443')).toEqual([
    { name: '203.0.113.80', address: '203.0.113.80', port: 443 },
  ]);
});

test('host and outside are words of their own', () => {
  const host = resolveEndpoint(graph, 'host');
  expect('error' in host ? host : graph.netns.get(host[0]!.netns!)?.facts.isHost).toBe(true);
  expect(resolveEndpoint(graph, 'outside')).toEqual([{ name: 'outside' }]);
});

test.each([
  ['nobody', 'nobody: no container, netns or address of that name'],
  ['container:nobody', 'nobody: no such container'],
  ['netns:1', '1: no such netns'],
  ['host:elsewhere', 'elsewhere: no such host'],
])('%s is refused with the reason', (text, error) => {
  expect(names(text)).toEqual([error]);
});
