import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Link } from '../../../src/model/link.ts';
import { tracePacket } from '../../../src/trace/trace-packet.ts';
import { containerHost } from '../../oracle/container-host.ts';

/** A host of three containers on docker0; `edit` changes links of the host. */
const outcome = (from: string, to: string, edit: (link: Link) => Link) => {
  const snapshot = containerHost(3);
  const [host, ...others] = snapshot.netns;
  const graph = buildGraph([{ ...snapshot, netns: [{ ...host!, links: host!.links!.map(edit) }, ...others] }]);
  const trace = tracePacket(graph, { from, to });
  if ('error' in trace) throw new Error(trace.error);
  return trace;
};
const ports = containerHost(3)
  .netns[0]!.links!.filter((link) => link.master === 'docker0')
  .map((link) => link.ifname);
const isPort = (link: Link, n: number): boolean => link.ifname === ports[n];

describe('a packet that nobody answers for', () => {
  test('names the host end that is down', () => {
    const trace = outcome('c0', 'c1:80', (link) =>
      isPort(link, 1) ? { ...link, flags: ['BROADCAST', 'MULTICAST'], operstate: 'DOWN' } : link,
    );
    expect(trace.outcome).not.toBe('delivered');
    expect(trace.explanation).toContain(`c1's, but ${ports[1]} in host, the other end of its eth0, is down`);
  });

  test('names the host end that is a port of no bridge', () => {
    const trace = outcome('c0', 'c1:80', (link) => {
      if (!isPort(link, 1)) return link;
      const { master: _, ...unplugged } = link;
      return unplugged as Link;
    });
    expect(trace.outcome).not.toBe('delivered');
    expect(trace.explanation).toContain(`${ports[1]} in host, the other end of its eth0, is a port of no bridge`);
  });

  test('says nothing of a cut where there is none', () => {
    const trace = outcome('c0', '172.17.250.250:80', (link) => link);
    expect(trace.outcome).toBe('no-neighbour');
    expect(trace.explanation).not.toContain('but');
  });
});
