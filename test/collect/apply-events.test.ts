/** What happened on the host, applied to what was known. */
import { describe, expect, test } from 'vitest';
import { applyEvents } from '../../src/collect/apply-events.ts';
import type { HostEvent } from '../../src/host/host.ts';
import type { Link } from '../../src/model/link.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { facts, fakeNetns } from '../support/fake-host.ts';

const link = (ifindex: number, ifname: string, more: Partial<Link> = {}): Link => ({
  ifindex,
  ifname,
  flags: [],
  mtu: 1500,
  operstate: 'UP',
  link_type: 'ether',
  ...more,
});
const addresses = (ifindex: number, ifname: string) => ({ ifindex, ifname, addr_info: [] });
const own = fakeNetns(1, [1], {
  links: [link(1, 'lo'), link(7, 'veth7')],
  addresses: [addresses(1, 'lo'), addresses(7, 'veth7')],
  sysctls: {},
});
const snapshot: Snapshot = { host: facts, takenAt: '', tookMs: 1, engines: [], netns: [own, fakeNetns(5)], gaps: [] };

const apply = (...events: readonly HostEvent[]) => applyEvents(snapshot, events);
const frozen = JSON.stringify(snapshot);

describe('links', () => {
  test('that changed, came and went are so in the next snapshot, and the old one is as it was', () => {
    const { snapshot: next, ask } = apply({
      kind: 'links',
      netns: own.id,
      changed: [link(3, 'br0'), link(1, 'lo', { operstate: 'DOWN' })],
      gone: [7],
    });
    expect(next.netns[0]?.links?.map(({ ifindex, ifname, operstate }) => [ifindex, ifname, operstate])).toEqual([
      [1, 'lo', 'DOWN'],
      [3, 'br0', 'UP'],
    ]);
    expect(next.netns[0]?.addresses?.map(({ ifname }) => ifname)).toEqual(['lo']);
    expect(ask).toEqual([]);
    expect(JSON.stringify(snapshot)).toBe(frozen);
  });

  test('of a netns we do not know change nothing', () => {
    expect(apply({ kind: 'links', netns: fakeNetns(99).id, changed: [link(1, 'x')], gone: [] }).snapshot.netns).toEqual(
      snapshot.netns,
    );
  });
});

describe('namespaces', () => {
  test('that appear are asked for the parts their neighbours have', () => {
    const born = fakeNetns(9, [], { links: [], addresses: [] });
    const { snapshot: next, ask } = apply({ kind: 'netns-appeared', netns: born });
    expect(next.netns.map(({ inode }) => inode)).toEqual([1, 5, 9]);
    expect(ask).toEqual([{ about: 'netns', parts: ['sysctls'], only: [born.id] }]);
  });

  test('that come and go at once are neither there nor asked for', () => {
    const born = fakeNetns(9);
    const { snapshot: next, ask } = apply({ kind: 'netns-appeared', netns: born }, { kind: 'netns-gone', id: born.id });
    expect([next.netns.length, ask]).toEqual([2, []]);
  });

  test('whose lists were read again have the new lists', () => {
    expect(
      apply({ kind: 'facts', netns: own.id, facts: { sysctls: { a: '1' }, routes: [] } }).snapshot.netns[0],
    ).toMatchObject({ sysctls: { a: '1' }, routes: [] });
  });
});

describe('engines', () => {
  const engine = (about: 'container' | 'network' | 'daemon', id: string): HostEvent => ({
    kind: 'engine',
    socket: '/s',
    about,
    action: 'x',
    id,
  });

  test('are asked once for everything that many events name', () => {
    expect(
      apply(engine('container', 'c1'), engine('container', 'c1'), engine('network', 'n1'), engine('container', 'c2'))
        .ask,
    ).toEqual([{ about: 'engines', socket: '/s', only: { containers: ['c1', 'c2'], networks: ['n1'] } }]);
  });

  test('that were restarted are asked everything', () => {
    expect(apply(engine('container', 'c1'), engine('daemon', '')).ask).toEqual([{ about: 'engines', socket: '/s' }]);
  });
});

test('lost events ask for everything again; gaps are told once', () => {
  const gap = { source: 'x', reason: 'slow', detail: '' } as const;
  const { resync, snapshot: next } = apply(
    { kind: 'resync', why: 'ENOBUFS' },
    { kind: 'gap', gap },
    { kind: 'gap', gap },
  );
  expect([resync, next.gaps]).toEqual([true, [gap]]);
});
