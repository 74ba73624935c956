/** ipvlan's modes, from facts written by hand: who hears whom, and whose rules a packet meets. */
import { expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { tracePacket } from '../../../src/trace/trace-packet.ts';
import { makeRoute } from '../../diagnose/healthy-host.ts';
import { type HostsChange, twoHosts } from '../../diagnose/two-hosts.ts';
import { makeLink } from '../../graph/make-snapshot.ts';

const subnet = (mode: string, n: number): string => (mode === 'l2' ? `10.77.0.2${n}` : `10.99.${n}.2`);

/** The container of each host has an ipvlan link on the uplink instead of a veth. */
const ipvlan =
  (mode: string, flags: Readonly<Record<string, unknown>> = {}): HostsChange =>
  ({ a, b }) => {
    for (const [at, { host, web, link }] of [a, b].entries()) {
      const n = at + 1;
      const address = subnet(mode, n);
      const length = mode === 'l2' ? 24 : 32;
      host.links = host.links!.filter((one) => one.ifname !== 'vethweb');
      web.links![1] = structuredClone(
        makeLink(2, 'eth0', {
          address: link('eth0').address!,
          link_index: 2,
          link_netnsid: 0,
          flags: [...(mode === 'l2' ? ['BROADCAST'] : ['NOARP']), 'MULTICAST', 'UP', 'LOWER_UP'],
          linkinfo: { info_kind: 'ipvlan', info_data: { mode, ...flags } },
        }),
      ) as never;
      web.addresses![0]!.addr_info[0] = { family: 'inet', local: address, prefixlen: length, scope: 'global' };
      web.routes = [
        mode === 'l2' ? makeRoute('10.77.0.0/24', 'eth0') : makeRoute('default', 'eth0'),
        makeRoute(address, 'eth0', { type: 'local', table: 'local', scope: 'host', prefsrc: address }),
      ];
      host.routes!.push(
        makeRoute(`10.99.${3 - n}.0/24`, 'eth0', { gateway: `10.77.0.1${3 - n}`, scope: 'global', protocol: 'static' }),
      );
    }
  };

const trace = (change: HostsChange, to: string): Trace => {
  const answer = tracePacket(buildGraph(twoHosts('routes', change)), { from: 'web1', to });
  if ('error' in answer) throw new Error(answer.error);
  return answer;
};

const both =
  (one: HostsChange, other: HostsChange): HostsChange =>
  (draft) => {
    one(draft);
    other(draft);
  };

test('mode l2: containers of two hosts are on one wire, past the rules of both', () => {
  const closed: HostsChange = ({ a, b }) => {
    for (const one of [a, b]) for (const chain of ['INPUT', 'FORWARD', 'OUTPUT']) one.rule(`-A ${chain} -j DROP`);
  };
  expect(trace(both(ipvlan('l2'), closed), '10.77.0.22:80').outcome).toBe('delivered');
});

test('mode l2: a container and its own host do not hear each other', () => {
  expect(trace(ipvlan('l2'), '10.77.0.11').outcome).toBe('no-neighbour');
});

test('mode l3: the netns of the parent routes what a container sends, through its OUTPUT', () => {
  expect(trace(ipvlan('l3'), '10.99.2.2:80').outcome).toBe('delivered');
  const closed = trace(
    both(ipvlan('l3'), ({ a }) => a.rule('-A OUTPUT -d 10.99.2.0/24 -j DROP')),
    '10.99.2.2:80',
  );
  expect(closed.outcome).toBe('dropped');
  expect(closed.request.hops.at(-1)?.at).toBe('node-a OUTPUT');
});

test('only mode l3s lets INPUT of the parent’s netns decide on what comes in', () => {
  const closed: HostsChange = ({ b }) => b.rule('-A INPUT -d 10.99.2.2 -j DROP');
  expect(trace(both(ipvlan('l3'), closed), '10.99.2.2:80').outcome).toBe('delivered');
  expect(trace(both(ipvlan('l3s'), closed), '10.99.2.2:80').outcome).toBe('dropped');
  expect(trace(ipvlan('l3s'), '10.99.2.2:80').outcome).toBe('delivered');
});
