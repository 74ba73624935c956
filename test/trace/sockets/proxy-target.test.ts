import { expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { tracePacket } from '../../../src/trace/trace-packet.ts';
import { loadRecording } from '../../support/load-recording.ts';

/** The recording, with a server in web1 behind its published port 5353/udp. */
const withServer = (snapshot: Snapshot): Snapshot => {
  const graph = buildGraph([snapshot]);
  const web1 = [...graph.netns.values()].find((node) => node.containers.length > 0 && node.name === 'web1')!.id;
  const server = { proto: 'udp', family: 'inet', local: '0.0.0.0', port: 53, inode: 1, processes: [] } as const;
  return {
    ...snapshot,
    netns: snapshot.netns.map((netns) =>
      netns.id === web1 ? { ...netns, sockets: [...(netns.sockets ?? []), server] } : netns,
    ),
  };
};

const withVersion = (snapshot: Snapshot, version: string): Snapshot => ({
  ...snapshot,
  engines: snapshot.engines.map((engine) => ({ ...engine, version })),
});

const outcome = (snapshot: Snapshot): string => {
  const trace = tracePacket(buildGraph([snapshot]), { from: 'app1', to: '10.77.0.11:5353/udp' });
  if ('error' in trace) throw new Error(trace.error);
  return trace.outcome;
};

test.each([
  ['docker-20.10.5-standard', 'no-listener'],
  ['docker-20-standard', 'no-listener'],
  ['docker-26-standard', 'no-listener'],
  ['docker-28-standard', 'delivered'],
])('datagrams through the userland proxy of %s, asked on an address of another network: %s', async (name, expected) => {
  expect(outcome(withServer(await loadRecording(name)))).toBe(expected);
});

test.each(['27.3.1', '27.5.0', 'v-next'])(
  'which address docker-proxy %s answers from is not known',
  async (version) => {
    expect(outcome(withVersion(withServer(await loadRecording('docker-28-standard')), version))).toBe('unknown');
  },
);
