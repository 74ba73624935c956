import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { PolicyRule, Route } from '../../../src/model/route.ts';
import { buildWorld } from '../../../src/trace/build-world.ts';
import { formatPolicyRule, formatRoute } from '../../../src/trace/routing/format-route.ts';
import { localType, lookupRoute } from '../../../src/trace/routing/lookup-route.ts';
import type { RouteKey } from '../../../src/trace/routing/route-key.ts';
import type { NetnsView } from '../../../src/trace/world.ts';
import { containerHost } from '../../oracle/container-host.ts';

const route = (words: Partial<Route> & { readonly dst: string }): Route => ({
  type: 'unicast',
  table: 'main',
  protocol: 'static',
  scope: 'global',
  flags: [],
  ...words,
});

const rule = (priority: number, words: Partial<PolicyRule>): PolicyRule => ({
  family: 'inet',
  priority,
  src: 'all',
  ...words,
});

/** The host of the synthetic snapshot with these routes and rules beside its own. */
const viewWith = (
  routes: readonly Route[],
  rules: readonly PolicyRule[] = [],
  sysctls: Readonly<Record<string, string>> = {},
): NetnsView => {
  const snapshot = containerHost(1);
  const [host, ...others] = snapshot.netns;
  const changed = {
    ...host!,
    routes: [...host!.routes!, ...routes],
    policyRules: [...rules, ...host!.policyRules!],
    sysctls: { ...host!.sysctls, ...sysctls },
  };
  return buildWorld(buildGraph([{ ...snapshot, netns: [changed, ...others] }])).view(changed.id);
};

const key = (dst: string, more: Partial<RouteKey> = {}): RouteKey => ({
  family: 4,
  dst,
  iif: 'lo',
  mark: 0,
  tos: 0,
  ...more,
});

const line = (view: NetnsView, dst: string, more: Partial<RouteKey> = {}): string => {
  const answer = lookupRoute(view, key(dst, more));
  if (answer.kind === 'found') return formatRoute(answer.route.facts);
  return answer.kind === 'refused' ? `refused: ${answer.type}` : answer.kind;
};

describe('within a table', () => {
  test('the longest prefix wins, then tos, then the smaller metric', () => {
    const view = viewWith([
      route({ dst: '10.1.0.0/16', dev: 'eth0', metric: 200 }),
      route({ dst: '10.1.0.0/16', dev: 'docker0', metric: 100 }),
      route({ dst: '10.1.2.0/24', dev: 'eth0', tos: '0x10' }),
      route({ dst: '10.1.2.0/24', dev: 'docker0' }),
    ]);
    expect(line(view, '10.1.9.9')).toBe('10.1.0.0/16 dev docker0 metric 100');
    expect(line(view, '10.1.2.9')).toBe('10.1.2.0/24 dev docker0');
    expect(line(view, '10.1.2.9', { tos: 0x10 })).toBe('10.1.2.0/24 dev eth0 tos 0x10');
  });

  test('a route over a link without carrier still counts, unless a sysctl says otherwise', () => {
    const routes = [route({ dst: '10.1.0.0/16', dev: 'docker0', flags: ['linkdown'] })];
    expect(line(viewWith(routes), '10.1.0.1')).toContain('dev docker0');
    const ignoring = viewWith(routes, [], { 'ipv4.conf.docker0.ignore_routes_with_linkdown': '1' });
    expect(line(ignoring, '10.1.0.1')).toBe('default via 10.77.0.1 dev eth0');
  });

  test('a refusal ends the search, a dead next hop does not count', () => {
    const view = viewWith([
      route({ dst: '10.1.0.0/16', type: 'blackhole' }),
      route({ dst: '10.2.0.0/16', dev: 'docker0', flags: ['dead', 'linkdown'] }),
    ]);
    expect(line(view, '10.1.0.1')).toBe('refused: blackhole');
    expect(line(view, '10.2.0.1')).toBe('default via 10.77.0.1 dev eth0');
  });

  test('every next hop of a multipath route is an answer', () => {
    const hops = [
      { gateway: '10.77.0.1', dev: 'eth0', flags: [] },
      { gateway: '10.77.0.2', dev: 'eth0', flags: [] },
    ];
    const answer = lookupRoute(viewWith([route({ dst: '10.1.0.0/16', nexthops: hops })]), key('10.1.0.1'));
    expect(answer.kind === 'found' && answer.hops.map((hop) => hop.gateway)).toEqual(['10.77.0.1', '10.77.0.2']);
  });
});

describe('policy rules', () => {
  const routes = [
    route({ dst: 'default', dev: 'docker0', table: '100' }),
    route({ dst: '10.5.0.0/16', type: 'throw', table: '100' }),
  ];
  test.each([
    ['from', { src: '10.9.0.0', srclen: 16, table: '100' }, { src: '10.9.1.1' }, true],
    ['from another', { src: '10.9.0.0', srclen: 16, table: '100' }, { src: '10.8.1.1' }, false],
    ['not from', { src: '10.9.0.0', srclen: 16, not: null, table: '100' }, { src: '10.8.1.1' }, true],
    ['fwmark with a mask', { fwmark: '0x1', fwmask: '0xf', table: '100' }, { mark: 0x31 }, true],
    ['fwmark of another', { fwmark: '0x1', table: '100' }, { mark: 0x31 }, false],
    ['iif', { iif: 'eth0', table: '100' }, { iif: 'eth0' }, true],
    ['iif lo: packets made here', { iif: 'lo', table: '100' }, {}, true],
    ['ports', { ipproto: 'tcp', dport_start: 80, dport_end: 90, table: '100' }, { proto: 'tcp', dport: 85 }, true],
    [
      'ports of another',
      { ipproto: 'tcp', dport_start: 80, dport_end: 90, table: '100' },
      { proto: 'tcp', dport: 91 },
      false,
    ],
  ] as const)('%s', (_, words, more, applies) => {
    expect(line(viewWith(routes, [rule(10, words)]), '8.8.8.8', more)).toContain(applies ? 'dev docker0' : 'dev eth0');
  });

  test('a throw goes on with the next rule, a suppressed default route too', () => {
    const rules = [rule(10, { table: '100' })];
    expect(line(viewWith(routes, rules), '10.5.1.1')).toContain('dev eth0');
    const suppressing = [rule(10, { table: 'main', suppress_prefixlen: 0 }), rule(11, { table: '100' })];
    expect(line(viewWith(routes, suppressing), '8.8.8.8')).toContain('dev docker0');
    expect(line(viewWith(routes, suppressing), '172.17.0.2')).toContain('172.17.0.0/16');
  });

  test('goto skips what lies between', () => {
    const rules = [rule(10, { goto: 30 }), rule(20, { action: 'blackhole' }), rule(30, { table: '100' })];
    expect(line(viewWith(routes, rules), '8.8.8.8')).toContain('dev docker0');
  });

  test('a rule that asks for a user leaves the answer open for packets made here only', () => {
    const view = viewWith(routes, [rule(10, { uid_start: 0, uid_end: 100, table: '100' })]);
    expect(lookupRoute(view, key('8.8.8.8')).kind).toBe('unknown');
    expect(line(view, '8.8.8.8', { iif: 'eth0' })).toContain('dev eth0');
  });
});

test('the type of an address is what table local says, and unicast for all others', () => {
  const view = viewWith([route({ dst: '10.1.0.0/16', type: 'blackhole' })]);
  expect(localType(view, '127.3.2.1')).toBe('local');
  expect(localType(view, '172.17.0.1')).toBe('local');
  expect(localType(view, '172.17.0.1', 'eth0')).toBe('unicast');
  expect(localType(view, '10.1.0.1')).toBe('unicast');
});

test('rules and routes are written as ip writes them', () => {
  expect(formatPolicyRule(rule(50, { src: '10.0.0.0', srclen: 8, not: null, fwmark: '0x1', table: '100' }))).toBe(
    '50: not from 10.0.0.0/8 fwmark 0x1 lookup 100',
  );
  expect(
    formatRoute(route({ dst: 'default', gateway: '10.0.0.1', dev: 'eth0', table: '100', prefsrc: '10.0.0.2' })),
  ).toBe('default via 10.0.0.1 dev eth0 table 100 src 10.0.0.2');
});
