import { describe, expect, test } from 'vitest';
import { parseNftJson } from '../../../src/netfilter/nft/parse-nft-json.ts';
import {
  around,
  entry,
  evaluate,
  forwardChain,
  nft,
  nftChain,
  nftMatches,
  nftRule,
  syn,
  syn6,
} from '../sample-packets.ts';

const match = (left: unknown, right: unknown, op = '==') => ({ match: { op, left, right } });
const payload = (protocol: string, field: string) => ({ payload: { protocol, field } });
const meta = (key: string) => ({ meta: { key } });
const ct = (key: string) => ({ ct: { key } });
const ping = () => {
  const { sport: _s, dport: _d, ...rest } = syn({ proto: 'icmp', icmpType: 8 });
  return rest;
};

describe('matches of nft rules', () => {
  test.each([
    ['iifname', [match(meta('iifname'), 'docker0')], true],
    ['iifname with a star', [match(meta('iifname'), 'dock*')], true],
    ['iifname with a literal star', [match(meta('iifname'), 'dock\\*')], false],
    ['iif by name', [match(meta('iif'), 'docker0')], true],
    ['iif by index', [match(meta('iif'), 3)], true],
    ['a set of names', [match(meta('oifname'), { set: ['eth0', 'eth1'] })], true],
    ['not in a set', [match(meta('oifname'), { set: ['eth0', 'eth1'] }, '!=')], false],
    ['ip saddr prefix', [match(payload('ip', 'saddr'), { prefix: { addr: '172.17.0.0', len: 16 } })], true],
    ['ip daddr range', [match(payload('ip', 'daddr'), { range: ['198.51.100.1', '198.51.100.9'] })], true],
    ['ip6 field of an IPv4 packet, even negated', [match(payload('ip6', 'saddr'), 'fe80::1', '!=')], false],
    ['ip protocol', [match(payload('ip', 'protocol'), 'tcp')], true],
    ['l4proto in a set', [match(meta('l4proto'), { set: ['tcp', 'udp'] })], true],
    ['tcp dport', [match(payload('tcp', 'dport'), 80)], true],
    ['tcp dport below', [match(payload('tcp', 'dport'), 1024, '<')], true],
    ['tcp dport at least', [match(payload('tcp', 'dport'), 81, '>=')], false],
    ['udp dport of a TCP packet, even negated', [match(payload('udp', 'dport'), 53, '!=')], false],
    ['th dport in intervals', [match(payload('th', 'dport'), { set: [{ range: [1, 79] }, 80] })], true],
    ['tcp flags', [match({ '&': [payload('tcp', 'flags'), { '|': ['syn', 'ack'] }] }, 'syn')], true],
    ['tcp flags as a list', [match({ '&': [payload('tcp', 'flags'), ['syn', 'ack']] }, 'syn')], true],
    ['one of the tcp flags', [match(payload('tcp', 'flags'), ['ack', 'rst'], 'in')], false],
    ['none of the tcp flags', [match(payload('tcp', 'flags'), ['ack', 'rst'], '!')], true],
    ['masked mark', [match({ '&': [meta('mark'), 0x4000] }, 0x4000)], false],
    ['nfproto', [match(meta('nfproto'), 'ipv4')], true],
    ['pkttype', [match(meta('pkttype'), { set: ['broadcast', 'multicast'] })], false],
    ['ether type', [match(payload('ether', 'type'), 'ip')], true],
    ['ttl', [match(payload('ip', 'ttl'), 1, '>')], true],
    ['dscp', [match(payload('ip', 'dscp'), 'cs0')], true],
    ['raw bits', [match({ payload: { base: 'th', offset: 16, len: 16 } }, 80)], true],
    [
      'a concatenation',
      [match({ concat: [payload('ip', 'saddr'), payload('tcp', 'dport')] }, { set: [{ concat: ['172.17.0.2', 80] }] })],
      true,
    ],
    [
      'a concatenation with a prefix',
      [
        match(
          { concat: [payload('ip', 'saddr'), meta('l4proto')] },
          { set: [{ concat: [{ prefix: { addr: '172.17.0.0', len: 24 } }, 'udp'] }] },
        ),
      ],
      false,
    ],
    ['fib type', [match({ fib: { result: 'type', flags: ['daddr'] } }, 'local')], false],
    ['fib missing', [match({ fib: { result: 'oif', flags: ['saddr', 'mark', 'iif'] } }, false)], true],
    ['fib exists', [match({ fib: { result: 'oif', flags: ['saddr', 'iif'] } }, true)], false],
    ['no IPsec', [match(meta('ipsec'), false)], true],
    ['an extension header', [match({ exthdr: { name: 'rt' } }, true)], false],
    ['no extension header of an IPv4 packet', [match({ exthdr: { name: 'rt' } }, false)], false],
    ['iif of a link that is gone', [match(meta('iif'), '7')], false],
    ['a number nobody knows', [match({ numgen: { mode: 'random', mod: 2, offset: 0 } }, 0)], 'unknown'],
    ['a limit', [{ limit: { rate: 3, per: 'minute' } }], 'unknown'],
    ['ct state without conntrack', [match(ct('state'), 'invalid', 'in')], true],
    ['ct mark without conntrack, even negated', [match(ct('mark'), 1, '!=')], false],
    ['icmp type of a TCP packet', [match(payload('icmp', 'type'), 'echo-request')], false],
  ] as const)('%s', (_name, expr, expected) => {
    expect(nftMatches(expr)).toBe(expected);
  });

  test('ct state and status are flags or exact', () => {
    const context = around({ ct: entry('NEW', ['dnat']) });
    expect(nftMatches([match(ct('state'), ['established', 'related'], 'in')], syn(), context)).toBe(false);
    expect(nftMatches([match(ct('state'), { set: ['established', 'new'] })], syn(), context)).toBe(true);
    expect(nftMatches([match(ct('state'), 'new')], syn(), context)).toBe(true);
    expect(nftMatches([match(ct('status'), 'dnat', 'in')], syn(), context)).toBe(true);
    expect(nftMatches([match({ ct: { key: 'direction' } }, 'original')], syn(), context)).toBe(true);
    expect(nftMatches([match({ ct: { key: 'proto-dst', dir: 'original' } }, 80)], syn(), context)).toBe(true);
    expect(nftMatches([match({ ct: { key: 'ip saddr', dir: 'original' } }, '172.17.0.2')], syn(), context)).toBe(true);
  });

  test('without a link the name is empty and the index 0', () => {
    const { in: _, ...local } = syn();
    expect(nftMatches([match(meta('iifname'), 'docker0', '!=')], local)).toBe(true);
    expect(nftMatches([match(meta('iif'), 'lo', '!=')], local)).toBe(true);
    expect(nftMatches([match(meta('iif'), '0')], local)).toBe(true);
  });

  test('names of ICMP types', () => {
    expect(nftMatches([match(payload('icmp', 'type'), 'echo-request')], ping())).toBe(true);
    expect(nftMatches([match(payload('th', 'dport'), 53)], ping())).toBe('unknown');
    const router = syn6({ proto: 'icmpv6', icmpType: 134 });
    expect(nftMatches([match(payload('icmpv6', 'type'), { set: ['nd-router-advert'] })], router)).toBe(true);
  });

  test('a test that is not understood is unknown with its text', () => {
    const result = evaluate(nft(forwardChain, nftRule(match({ osf: { key: 'name' } }, 'Linux'), { drop: null })));
    expect(result.verdict).toBe('unknown');
    expect(result.dependsOn).toContain('osf name Linux drop');
  });
});

describe('sets and maps', () => {
  const names = (extra: object = {}) => ({
    set: { family: 'inet', table: 't', name: 's', type: 'ipv4_addr', ...extra },
  });
  const inSet = match(payload('ip', 'saddr'), '@s');

  test.each([
    ['one address', { elem: ['172.17.0.2'] }, 'drop'],
    [
      'an interval',
      { flags: ['interval'], elem: [{ prefix: { addr: '172.17.0.0', len: 16 } }, { range: ['10.0.0.1', '10.0.0.9'] }] },
      'drop',
    ],
    [
      'an element with a comment and a timeout',
      { elem: [{ elem: { val: '172.17.0.2', timeout: 60, expires: 30, comment: 'x' } }] },
      'drop',
    ],
    ['nothing', {}, 'accept'],
  ])('a named set with %s', (_name, extra, verdict) => {
    expect(evaluate(nft(names(extra), forwardChain, nftRule(inSet, { drop: null }))).verdict).toBe(verdict);
  });

  test('a set that is not there is unknown', () => {
    expect(evaluate(nft(forwardChain, nftRule(inSet, { drop: null }))).verdict).toBe('unknown');
  });

  const vmap = (data: unknown) => nftRule({ vmap: { key: meta('oifname'), data } });

  test('a verdict map jumps, and goes on where it has nothing', () => {
    const map = {
      map: {
        family: 'inet',
        table: 't',
        name: 'm',
        type: 'ifname',
        map: 'verdict',
        elem: [
          ['eth0', { jump: { target: 'd' } }],
          ['eth1', { accept: null }],
        ],
      },
    };
    const drop = { rule: { family: 'inet', table: 't', chain: 'd', expr: [{ drop: null }] } };
    const rules = nft(map, forwardChain, nftChain('d'), vmap('@m'), nftRule({ reject: null }), drop);
    expect(evaluate(rules).verdict).toBe('drop');
    expect(evaluate(rules, syn({ out: 'eth1' })).verdict).toBe('accept');
    expect(evaluate(rules, syn({ out: 'eth2' })).verdict).toBe('reject');
  });

  test('an anonymous verdict map with intervals and a catch-all', () => {
    const data = {
      set: [
        [{ range: [1, 1023] }, { drop: null }],
        ['*', { accept: null }],
      ],
    };
    const rules = nft(
      forwardChain,
      nftRule({ vmap: { key: payload('tcp', 'dport'), data } }),
      nftRule({ reject: null }),
    );
    expect(evaluate(rules).verdict).toBe('drop');
    expect(evaluate(rules, syn({ dport: 8080 })).verdict).toBe('accept');
    expect(evaluate(rules, syn({ proto: 'udp' })).verdict).toBe('reject');
  });

  test('a verdict map by chance goes every way', () => {
    const key = { numgen: { mode: 'random', mod: 2, offset: 0 } };
    const rules = nft(
      forwardChain,
      nftRule({
        vmap: {
          key,
          data: {
            set: [
              [0, { accept: null }],
              [1, { drop: null }],
            ],
          },
        },
      }),
    );
    const result = evaluate(rules);
    expect(result.verdict).toBe('unknown');
    expect(new Set(result.alternatives.map((each) => each.verdict))).toEqual(new Set(['accept', 'drop']));
  });
});

describe('effects', () => {
  const preNat = nftChain('c', { type: 'nat', hook: 'prerouting', prio: -100, policy: 'accept' });
  const natOf = (...expr: readonly unknown[]) =>
    evaluate(nft(preNat, nftRule(...expr)), syn(), around(), 'prerouting').nat;

  test('dnat to an address and port, out of maps, and for one family only', () => {
    expect(natOf({ dnat: { family: 'ip', addr: '10.0.0.1', port: 8080 } })).toMatchObject({
      addresses: ['10.0.0.1', '10.0.0.1'],
      ports: [8080, 8080],
    });
    expect(natOf({ dnat: { family: 'ip6', addr: 'fd00::1' } })).toBeUndefined();
    const byPort = { map: { key: payload('tcp', 'dport'), data: { set: [[80, { concat: ['10.0.0.2', 8080] }]] } } };
    expect(natOf({ dnat: { family: 'ip', addr: byPort } })).toMatchObject({
      addresses: ['10.0.0.2', '10.0.0.2'],
      ports: [8080, 8080],
    });
    const other = { map: { key: payload('tcp', 'dport'), data: { set: [[81, '10.0.0.2']] } } };
    expect(natOf({ dnat: { family: 'ip', addr: other } })).toBeUndefined();
  });

  test('redirect, masquerade, snat with ranges and flags', () => {
    expect(natOf({ redirect: { port: 3128 } })).toMatchObject({ action: 'redirect', ports: [3128, 3128] });
    expect(natOf({ masquerade: null })).toMatchObject({ action: 'masquerade', random: false });
    expect(natOf({ masquerade: { flags: 'fully-random' } })).toMatchObject({ action: 'masquerade', random: true });
    expect(
      natOf({ snat: { addr: { range: ['192.0.2.1', '192.0.2.9'] }, port: { range: [1024, 2047] } } }),
    ).toMatchObject({
      addresses: ['192.0.2.1', '192.0.2.9'],
      ports: [1024, 2047],
    });
  });

  test('marks are written with masks, connection marks where there is a connection', () => {
    const set = (key: unknown, value: unknown) => ({ mangle: { key, value } });
    const mark = { '|': [{ '&': [meta('mark'), 0xff00] }, 0x1] };
    expect(evaluate(nft(forwardChain, nftRule(set(meta('mark'), mark))), syn({ mark: 0x1234 })).packet.mark).toBe(
      0x1201,
    );
    const saved = nft(forwardChain, nftRule(set(ct('mark'), meta('mark'))));
    expect(evaluate(saved, syn({ mark: 5 }), around({ ct: entry('NEW') })).ctMark).toBe(5);
    expect(evaluate(saved, syn({ mark: 5 })).ctMark).toBeUndefined();
    const restored = nft(forwardChain, nftRule(set(meta('mark'), ct('mark')), { drop: null }));
    expect(evaluate(restored).verdict).toBe('accept');
    expect(evaluate(nft(forwardChain, nftRule(set(payload('ip', 'dscp'), 'ef')))).packet.tos).toBe(0xb8);
  });

  test('reject says with what', () => {
    const rejected = evaluate(nft(forwardChain, nftRule({ reject: { type: 'icmpx', expr: 'admin-prohibited' } })));
    expect(rejected).toMatchObject({ verdict: 'reject', rejectWith: 'icmpx admin-prohibited' });
  });

  test('iptables extensions in a table that iptables-save cannot show are unknown', () => {
    const rules = nft(forwardChain, nftRule({ xt: { type: 'target', name: 'DNAT' } }));
    expect(evaluate(rules).verdict).toBe('unknown');
  });
});

describe('reading', () => {
  test('what makes no sense is a gap beside what does', () => {
    const { tables, gaps } = parseNftJson(
      JSON.stringify({
        nftables: [
          { table: { family: 'ip', name: 'a' } },
          { chain: { family: 'ip', table: 'a', name: 'odd', hook: 'sideways', type: 'filter', prio: 0 } },
          { rule: { family: 'ip', table: 'a', chain: 'gone', expr: [] } },
          { miracle: { family: 'ip', table: 'a', name: 'm' } },
          7,
        ],
      }),
    );
    expect(tables.map((table) => table.name)).toEqual(['a']);
    expect(gaps).toHaveLength(4);
    expect(parseNftJson('{"nftables": [').gaps).toMatchObject([{ reason: 'invalid' }]);
    expect(parseNftJson('null').tables).toEqual([]);
  });

  test('rules know their position, handle, comment and counters, and print themselves', () => {
    const rules = nft(forwardChain, {
      rule: {
        family: 'inet',
        table: 't',
        chain: 'c',
        handle: 9,
        comment: 'DNAT',
        expr: [
          match(meta('iifname'), 'lo', '!='),
          match(payload('ip', 'daddr'), { prefix: { addr: '10.0.0.0', len: 8 } }),
          { counter: { packets: 3, bytes: 180 } },
          { jump: { target: 'x y' } },
        ],
      },
    });
    expect(rules.tables[0]?.chains.get('c')?.rules[0]).toMatchObject({
      index: 1,
      handle: 9,
      comments: ['DNAT'],
      counters: { packets: 3, bytes: 180 },
      text: 'iifname != "lo" ip daddr 10.0.0.0/8 counter packets 3 bytes 180 jump x y comment "DNAT"',
    });
  });
});
