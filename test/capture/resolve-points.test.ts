import { beforeAll, expect, test } from 'vitest';
import { namePoints } from '../../src/capture/name-points.ts';
import { resolvePoints } from '../../src/capture/resolve-points.ts';
import { collect } from '../../src/collect/collect.ts';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { openRecordings } from '../../src/host/recorded-host.ts';
import { hostId } from '../../src/model/ids.ts';
import { loadRecording, recordingPath } from '../support/load-recording.ts';

let graph: Graph;
beforeAll(async () => {
  graph = buildGraph([await loadRecording('docker-28-standard')]);
});

const points = (...words: readonly string[]) => {
  const links = resolvePoints(graph, words);
  return 'error' in links ? links.error : namePoints(graph, links, []);
};
const names = (...words: readonly string[]) => {
  const found = points(...words);
  return typeof found === 'string' ? found : found.map(({ name }) => name);
};

test('a container is every link of it but loopback', () => {
  expect(names('multi1')).toEqual(['multi1/eth0', 'multi1/eth1', 'multi1/eth2']);
});

test('one link of a container, of the host, or of a netns by its number', () => {
  expect(names('web1/eth0', 'docker0', 'host/eth0', 'netns:4026533126/lo')).toEqual([
    'web1/eth0',
    'docker0',
    'eth0',
    'web1/lo',
  ]);
});

test('a link named twice is one point', () => {
  expect(names('web1', 'web1/eth0', 'container:web1')).toEqual(['web1/eth0']);
});

test.each([
  ['nowhere', 'no container, netns or address'],
  ['web1/eth9', 'there are lo, eth0'],
  ['host', 'name a link of it'],
  ['outside', 'beyond what can be seen'],
  ['none1', ''],
])('%s: %s', (word, words) => {
  const found = names(word);
  if (words === '') expect(found).toEqual(['none1/lo']);
  else expect(found).toContain(words);
});

test('a point tells its netns, container and network in the words of the file', () => {
  expect(points('web1')).toMatchObject([
    {
      name: 'web1/eth0',
      comment:
        'netns web1 (inode 4026533126), container web1 (docker 8ebd53493369), network bridge, link eth0 (veth, ifindex 2), other end host/veth73a0edf',
      tap: { ifname: 'eth0', ifindex: 2 },
    },
  ]);
});

/** The same host twice, under names of which one is also a container's. */
const twoHosts = async (...ids: readonly string[]) => {
  const snapshots = await Promise.all(
    ids.map(async (id) => {
      const [host] = await openRecordings(recordingPath('docker-28-standard'), () => hostId(id));
      return collect(host!, {});
    }),
  );
  const both = buildGraph(snapshots);
  return (word: string) => {
    const links = resolvePoints(both, [word]);
    return 'error' in links ? links.error : namePoints(both, links, []).map(({ name }) => name);
  };
};

test('among several hosts a word that begins with one is of that host: a link of it, an endpoint there, or one of its links', async () => {
  const find = await twoHosts('a', 'b');
  expect(find('a/docker0')).toEqual(['a/docker0']);
  expect(find('b/multi1')).toEqual(['b/multi1/eth0', 'b/multi1/eth1', 'b/multi1/eth2']);
  expect(find('b/web1/eth0')).toEqual(['b/web1/eth0']);
  expect(find('docker0')).toContain('several hosts have such a link');
  expect(find('a/nowhere')).toContain('no such link there');
});

test('a container that is called as a host is makes the word ambiguous, and each reading can be written', async () => {
  const find = await twoHosts('web1', 'b');
  expect(find('web1/eth0')).toMatch(
    /^web1\/eth0: can mean link eth0 of host web1 \(write host:web1\/eth0\), or link eth0 of container web1 \(write container:[0-9a-f]{12}\/eth0\), or/,
  );
  expect(find('host:web1/eth0')).toEqual(['web1/eth0']);
  expect(find('web1/docker0')).toEqual(['web1/docker0']);
});
