import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { compileFilter } from '../../../../src/host/capture/native/compile-filter.ts';
import { parseFilter } from '../../../../src/host/capture/native/parse-filter.ts';
import { parseProgram, runBpf } from '../../../support/bpf-machine.ts';
import { requires } from '../../../support/requires.ts';

const compiled = (text: string, frame: 'ethernet' | 'ip' = 'ethernet') => {
  const filter = parseFilter(text);
  if (filter !== undefined && 'error' in filter) throw new Error(filter.error);
  const program = compileFilter(filter, frame, 65_535);
  if (program === undefined) throw new Error('too long');
  return program;
};

/** Numbers that come the same every time. */
const createRandom = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const addresses4 = [
  [10, 0, 0, 1],
  [10, 0, 0, 2],
  [10, 1, 2, 3],
  [192, 168, 1, 1],
];
const addresses6 = [
  '20010db8000000000000000000000001',
  '20010db8000000000000000000000002',
  'fe80000000000000000000000000000a',
].map((hex) => [...Buffer.from(hex, 'hex')]);
const macs = [
  [2, 0, 0, 0, 0, 1],
  [2, 0, 0, 0, 0, 2],
  [255, 255, 255, 255, 255, 255],
];
const ports = [22, 53, 80, 443, 8080, 40_000];
const protocols = [1, 2, 6, 17, 47, 58, 132, 44];

type Random = ReturnType<typeof createRandom>;
const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)]!;
const two = (value: number): number[] => [value >> 8, value & 0xff];
const portBytes = (random: Random): number[] => [
  ...two(pick(random, ports)),
  ...two(pick(random, ports)),
  ...new Array<number>(16).fill(0),
];

const ip4 = (random: Random): number[] => {
  const words = 5 + random(3);
  const fragment = random(4) === 0 ? 1 + random(0x1fff) : 0;
  const head = [
    0x40 | words,
    0,
    ...two(60),
    0,
    7,
    ...two(fragment | (random(2) << 13)),
    64,
    pick(random, protocols),
    0,
    0,
  ];
  const options = new Array<number>((words - 5) * 4).fill(1);
  return [...head, ...pick(random, addresses4), ...pick(random, addresses4), ...options, ...portBytes(random)];
};
const ip6 = (random: Random): number[] => [
  ...[0x60, 0, 0, 0, ...two(40), pick(random, protocols), 64],
  ...pick(random, addresses6),
  ...pick(random, addresses6),
  ...(random(2) === 0 ? [pick(random, protocols), 0, 0, 0, 0, 0, 0, 0] : []),
  ...portBytes(random),
];
const arp = (random: Random): number[] => [
  ...[0, 1, 8, 0, 6, 4, 0, 1],
  ...[...pick(random, macs), ...pick(random, addresses4), ...pick(random, macs), ...pick(random, addresses4)],
];

/** Frames of every kind, some of them cut short. */
const frames = (count: number): readonly Uint8Array[] => {
  const random = createRandom(7);
  return Array.from({ length: count }, () => {
    const [type, body] = pick(random, [
      () => [0x0800, ip4(random)] as const,
      () => [0x0800, ip4(random)] as const,
      () => [0x86dd, ip6(random)] as const,
      () => [0x0806, arp(random)] as const,
      () => [0x8035, arp(random)] as const,
      () => [0x88cc, [1, 2, 3]] as const,
    ])();
    const frame = [...pick(random, macs), ...pick(random, macs), ...two(type), ...body];
    // Within an IPv6 address libpcap reads words that it does not need.
    return Uint8Array.from(random(8) === 0 && type !== 0x86dd ? frame.slice(0, 14 + random(frame.length - 13)) : frame);
  });
};

const filters = [
  'ip',
  'ip6',
  'arp or rarp',
  'tcp',
  'udp',
  'icmp',
  'icmp6',
  'igmp or esp or ah',
  'host 10.0.0.1',
  'src host 10.0.0.1',
  'dst 10.0.0.2',
  'src and dst host 10.0.0.1',
  'src or dst host 10.0.0.1',
  'ip host 10.0.0.1',
  'arp host 10.0.0.1',
  'host 10.0.0.1 or 10.0.0.2',
  'not host 10.0.0.1 and 10.0.0.2',
  'host 2001:db8::1',
  'ip6 src host 2001:db8::2',
  'net 10.0.0.0/24',
  'net 10.0',
  'src net 10',
  'dst net 192.168.0.0/16 or net 10.1.0.0/16',
  'net 2001:db8::/32',
  'net 2001:db8::/127',
  'port 80',
  'src port 53',
  'dst port 443',
  'src and dst port 80',
  'tcp port 80',
  'udp dst port 53',
  'sctp port 80',
  'ip6 and tcp port 443',
  'tcp port 80 or 443',
  'port domain',
  'portrange 50-100',
  'tcp portrange 80-443',
  'not port 22',
  'not tcp port 22 and not udp port 53',
  'host 10.0.0.1 and (tcp port 80 or tcp port 443)',
  'host 10.0.0.1 and not (icmp or arp)',
  '(port 80 || port 443) && !host 10.0.0.2',
  'icmp or arp or udp port 53',
  'tcp or udp and port 53',
  'ether host 02:00:00:00:00:01',
  'ether src 02:00:00:00:00:02',
  'ether dst ff:ff:ff:ff:ff:ff',
  'ether proto 0x88cc',
  'ip proto 47',
  'ip proto \\tcp',
  'ip6 proto 58',
  'proto 17',
  'greater 60',
  'less 60',
  'not (ip or ip6)',
];

const tcpdump = requires('tool:tcpdump');

tcpdump.describe('a compiled filter', () => {
  const all = frames(600);
  tcpdump.test.each(filters)('keeps the same packets as libpcap: %s', (text) => {
    const libpcap = parseProgram(
      execFileSync('tcpdump', ['-O', '-ddd', '-y', 'EN10MB', '--', text], { encoding: 'utf8' }),
    );
    const ours = compiled(text);
    const differing = all.filter((frame) => runBpf(ours, frame) > 0 !== runBpf(libpcap, frame) > 0);
    expect(differing.map((frame) => Buffer.from(frame).toString('hex'))).toEqual([]);
    // A filter that keeps all or nothing would prove nothing.
    const kept = all.filter((frame) => runBpf(ours, frame) > 0).length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(all.length);
  });
});

test('on links without an Ethernet header the version of IP tells what it is', () => {
  const [four, six] = [Uint8Array.from(ip4(createRandom(1))), Uint8Array.from(ip6(createRandom(2)))];
  const keeps = (text: string) => [four, six].map((packet) => runBpf(compiled(text, 'ip'), packet) > 0);
  expect(keeps('ip')).toEqual([true, false]);
  expect(keeps('ip6')).toEqual([false, true]);
  expect(keeps('arp')).toEqual([false, false]);
  expect(keeps('net 0.0.0.0/0')).toEqual([true, false]);
  expect(keeps('ether host 02:00:00:00:00:01')).toEqual([false, false]);
});

test('no filter keeps everything up to the snap length', () => {
  expect(runBpf(compileFilter(undefined, 'ethernet', 96) ?? [], Uint8Array.of(1, 2))).toBe(96);
});

test('a filter too long for the jumps of the kernel is not compiled', () => {
  const filter = parseFilter(Array.from({ length: 60 }, (_, n) => `host 10.0.0.${n}`).join(' or '));
  expect(filter !== undefined && !('error' in filter) && compileFilter(filter, 'ethernet', 96)).toBe(undefined);
});
