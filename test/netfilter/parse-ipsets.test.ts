import { describe, expect, test } from 'vitest';
import { parseIpsets } from '../../src/netfilter/parse-ipsets.ts';
import { around, evaluate, iptables, syn } from './sample-packets.ts';

const holds = (sets: string, match: string, packet = syn()) => {
  const rules = `*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m set ${match} -j DROP\nCOMMIT\n`;
  const result = evaluate(iptables(rules, { ipsets: sets }), packet, around());
  return result.verdict === 'unknown' ? 'unknown' : result.verdict === 'drop';
};

describe('membership', () => {
  test.each([
    ['hash:ip family inet', ['172.17.0.2'], '--match-set S src', true],
    ['hash:ip family inet', ['172.17.0.2'], '--match-set S dst', false],
    ['hash:ip family inet', ['172.17.0.2'], '! --match-set S src', false],
    ['hash:ip family inet netmask 24', ['172.17.0.0'], '--match-set S src', true],
    ['hash:net family inet', ['172.17.0.0/16'], '--match-set S src', true],
    ['hash:net family inet', ['172.17.0.0/16', '172.17.0.2 nomatch'], '--match-set S src', false],
    ['hash:net family inet', ['172.16.0.0/12 nomatch', '172.17.0.0/16'], '--match-set S src', true],
    ['hash:ip,port family inet', ['198.51.100.7,tcp:80'], '--match-set S dst,dst', true],
    ['hash:ip,port family inet', ['198.51.100.7,udp:80'], '--match-set S dst,dst', false],
    ['hash:ip,port family inet', ['198.51.100.7,tcp:80'], '--match-set S dst', false],
    ['hash:ip,port,net family inet', ['198.51.100.7,tcp:80,172.17.0.0/16'], '--match-set S dst,dst,src', true],
    ['hash:net,iface family inet', ['172.17.0.0/16,docker0'], '--match-set S src,src', true],
    ['hash:net,iface family inet', ['172.17.0.0/16,eth0'], '--match-set S src,src', false],
    ['hash:ip,mark family inet', ['172.17.0.2,0x00000005'], '--match-set S src,src', false],
    ['bitmap:port range 1-1024', ['80'], '--match-set S dst', true],
    ['bitmap:ip range 172.17.0.0-172.17.0.255', ['172.17.0.2'], '--match-set S src', true],
    ['hash:ip family inet6', ['fd00::1'], '! --match-set S src', true],
    ['hash:mac', ['02:42:AC:11:00:02'], '--match-set S src', 'unknown'],
    ['hash:ip family inet counters', ['172.17.0.2 packets 0 bytes 0'], '--match-set S src --packets-gt 5', 'unknown'],
    ['hash:ip family inet timeout 60', ['172.17.0.2 timeout 12'], '--match-set S src', true],
  ] as const)('%s with %j: -m set %s: %s', (type, elements, match, expected) => {
    const sets = [`create S ${type} hashsize 1024 maxelem 65536`, ...elements.map((element) => `add S ${element}`)];
    expect(holds(sets.join('\n'), match)).toBe(expected);
  });

  test('a list of sets holds what any of them holds', () => {
    const sets =
      'create A hash:ip family inet\nadd A 10.0.0.1\ncreate B hash:ip family inet\nadd B 172.17.0.2\ncreate L list:set size 8\nadd L A\nadd L B\n';
    expect(holds(sets, '--match-set L src')).toBe(true);
    expect(holds(sets, '--match-set L dst')).toBe(false);
  });
});

test('a set with a line that makes no sense is unreadable, the others stand', () => {
  const { sets, gaps } = parseIpsets(
    'create A hash:ip family inet\nadd A\ncreate B hash:ip family inet\nadd B 10.0.0.1\nnonsense\n',
  );
  expect(sets.get('A')?.unreadable).toBe(true);
  expect(sets.get('B')?.elements).toHaveLength(1);
  expect(gaps).toHaveLength(2);
});
