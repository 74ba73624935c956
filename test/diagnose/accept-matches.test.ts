/** What is let through before a rule: as few matches as can be, none wider than the rule and its links. */
import { describe, expect, test } from 'vitest';
import { matchesFor } from '../../src/diagnose/accept-matches.ts';
import { iptablesWords, nftWords } from '../../src/diagnose/match-words.ts';
import type { Stopped } from '../../src/diagnose/takes-answer.ts';
import { outsideAddress } from '../../src/trace/endpoints/choose-address.ts';
import type { RuleRef, Step } from '../../src/trace/trace.ts';

interface Packet {
  readonly src: string;
  readonly dst: string;
  readonly in?: string;
  readonly out?: string;
  readonly dport?: number;
}

const stopped = (packet: Packet, inReply = false): Stopped => ({
  step: { packet: { family: 4, proto: 'tcp', ...packet } } as unknown as Step,
  inReply,
});

const ruleOf = (rule: string): RuleRef => ({
  backend: 'iptables-nft',
  family: 'ip',
  table: 'filter',
  chain: 'FORWARD',
  index: 1,
  rule,
});

const world = outsideAddress[4];
const lines = (rule: string, ...all: readonly Stopped[]) =>
  matchesFor(all, ruleOf(rule)).map((match) => iptablesWords(match).join(' '));

describe('before a rule of iptables', () => {
  test('one connection is let through by its ends and port, and its answers where they meet the same rule', () => {
    const packet = stopped({ src: '172.20.0.2', dst: world, in: 'br-app', out: 'eth0', dport: 443 });
    expect(lines('-A FORWARD -i br-app -j DROP', packet)).toEqual([
      '-i br-app -o eth0 -s 172.20.0.2 -p tcp --dport 443',
    ]);
    expect(lines('-A FORWARD -p tcp -j DROP', packet)).toEqual([
      '-i br-app -o eth0 -s 172.20.0.2 -p tcp --dport 443',
      '-i eth0 -o br-app -d 172.20.0.2 -m conntrack --ctstate RELATED,ESTABLISHED',
    ]);
  });

  test('a dozen published ports are one rule, by its ports', () => {
    const packets = Array.from({ length: 12 }, (_, n) =>
      stopped({ src: world, dst: '10.77.0.11', in: 'eth0', dport: 8000 + n }),
    );
    expect(lines('-A PREROUTING -p tcp -m tcp --dport 8000:8100 -j DROP', ...packets)).toEqual([
      '-i eth0 -d 10.77.0.11 -p tcp -m multiport --dports 8000,8001,8002,8003,8004,8005,8006,8007,8008,8009,8010,8011',
    ]);
  });

  test('more ports than one rule takes are two rules', () => {
    const packets = Array.from({ length: 16 }, (_, n) =>
      stopped({ src: world, dst: '10.77.0.11', in: 'eth0', dport: n + 1 }),
    );
    expect(lines('-A PREROUTING -p tcp -j DROP', ...packets)).toHaveLength(2);
  });

  test('what comes from anywhere is not let through to other containers', () => {
    const to = (dst: string) => stopped({ src: world, dst, in: 'eth0', out: 'br-app', dport: 80 });
    expect(lines('-A FORWARD -i eth0 -m conntrack --ctstate NEW -j DROP', to('172.20.0.2'), to('172.20.0.3'))).toEqual([
      '-i eth0 -o br-app -d 172.20.0.2 -p tcp --dport 80',
      '-i eth0 -o br-app -d 172.20.0.3 -p tcp --dport 80',
    ]);
  });

  test('a whole network is let out by its links, and by no more than the rule names', () => {
    const from = (src: string) => stopped({ src, dst: world, in: 'br-app', out: 'eth0', dport: 443 });
    const both = [from('172.20.0.2'), from('172.20.0.3')];
    expect(lines('-A FORWARD -i br-app -j DROP', ...both)).toEqual(['-i br-app -o eth0']);
    expect(lines('-A FORWARD -s 172.20.0.0/24 -p tcp -m tcp --dport 443 -j DROP', ...both)).toEqual([
      '-i br-app -o eth0 -s 172.20.0.0/24 -p tcp --dport 443',
    ]);
  });

  test('neighbours of whom one pair was tried are all helped, as far as the rule stops them', () => {
    const pair = stopped({ src: '172.20.0.5', dst: '172.20.0.6', in: 'br-app', out: 'br-app', dport: 80 });
    const answer = stopped({ src: '172.20.0.5', dst: '172.20.0.4', in: 'br-app', out: 'br-app' }, true);
    expect(lines('-A FORWARD -s 172.20.0.5/32 -j DROP', pair, answer)).toEqual([
      '-i br-app -o br-app -s 172.20.0.5/32',
    ]);
  });
});

test('before a rule of nft, ports are a set', () => {
  const rule: RuleRef = { ...ruleOf('tcp dport { 80, 81 } drop'), backend: 'nft', family: 'inet' };
  const packets = [80, 81].map((dport) => stopped({ src: world, dst: '10.77.0.11', in: 'eth0', dport }));
  expect(matchesFor(packets, rule).map((match) => nftWords(match).join(' '))).toEqual([
    'ip daddr 10.77.0.11 tcp dport { 80, 81 }',
  ]);
});

test('a chain on a link knows no connections: answers are let through by their addresses, whatever their port', () => {
  const rule: RuleRef = { ...ruleOf('drop'), backend: 'nft', family: 'netdev' };
  const answer = stopped({ src: world, dst: '10.77.0.11', in: 'eth0', dport: 40_000 }, true);
  const request = stopped({ src: world, dst: '10.77.0.11', in: 'eth0', dport: 8080 });
  expect(matchesFor([request, answer], rule).map((match) => nftWords(match).join(' '))).toEqual([
    'ip daddr 10.77.0.11',
  ]);
});
