/** Two hosts whose containers have the same subnet: what is asked for by name is not what has the address here. */
import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Netns } from '../../src/model/netns.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { traceMatrix } from '../../src/trace/trace-matrix.ts';
import { tracePacket } from '../../src/trace/trace-packet.ts';
import type { Mutable } from '../diagnose/healthy-host.ts';
import { type HostsChange, twoHosts } from '../diagnose/two-hosts.ts';

const rewrite = (netns: Mutable<Netns>, from: string, to: string): void => {
  Object.assign(netns, JSON.parse(JSON.stringify(netns).replaceAll(from, to)));
};

/** Every daemon's own choice: docker0 has the same subnet on both hosts, and no route leads from one to the other. */
const alike: HostsChange = ({ a, b }) => {
  rewrite(b.host, '10.244.2.', '10.244.1.');
  rewrite(b.web, '10.244.2.', '10.244.1.');
  for (const { host } of [a, b])
    host.routes = host.routes!.filter((route) => route.gateway?.startsWith('10.77.0.1') !== true);
};

const trace = (change: HostsChange, from: string, to: string): Trace => {
  const answer = tracePacket(buildGraph(twoHosts('routes', change)), { from, to });
  if ('error' in answer) throw new Error(answer.error);
  return answer;
};

describe('an address that both hosts have', () => {
  test.each(['web2:80', 'web2:8080'])('%s by name is not reached by its address, which is the sender’s own', (to) => {
    const found = trace(alike, 'web1', to);
    expect(found.outcome).toBe('no-route');
    expect(found.listener).toBeUndefined();
    expect(found.reply).toBeUndefined();
    expect(found.explanation).toContain("10.244.1.2 is node-a/web1's own address too: the packet never leaves it");
    expect(found.explanation).toContain('node-a and node-b both use 10.244.1.0/24');
  });

  test('somebody else who has it here takes it', () => {
    const found = trace(
      (draft) => {
        alike(draft);
        rewrite(draft.b.web, '10.244.1.2"', '10.244.1.1"');
      },
      'web1',
      'web2:80',
    );
    expect(found.outcome).toBe('no-route');
    expect(found.explanation).toContain(
      '10.244.1.1 is an address of node-a too, and node-a gets the packet, not node-b/web2',
    );
  });

  test('nobody here has it: the subnet is taken for the one near by', () => {
    const found = trace(
      (draft) => {
        alike(draft);
        rewrite(draft.b.web, '10.244.1.2"', '10.244.1.9"');
      },
      'web1',
      'web2:80',
    );
    expect(found.outcome).toBe('no-neighbour');
    expect(found.explanation).toContain('node-a and node-b both use 10.244.1.0/24');
  });

  test('asked for by address it is whoever has it here', () => {
    expect(trace(alike, 'web1', '10.244.1.2:80').outcome).toBe('delivered');
  });

  test('a matrix says the same', () => {
    const graph = buildGraph(twoHosts('routes', alike));
    const ends = ['node-a/web1', 'node-b/web2'].map((name) => {
      const { id } = [...graph.netns.values()].find((node) => node.name === name)!;
      return { name, netns: id };
    });
    expect([...traceMatrix(graph, { port: 80, ends })].map(({ outcome }) => outcome)).toEqual(['no-route', 'no-route']);
  });
});

test('a destination that rules change on the way arrives where they say', () => {
  const found = trace(
    ({ a }) => a.rule('-A PREROUTING -p tcp -m tcp --dport 81 -j DNAT --to-destination 10.77.0.12:80', 'nat'),
    'web1',
    'host:node-a:81',
  );
  expect(found.explanation).not.toContain('too');
});
