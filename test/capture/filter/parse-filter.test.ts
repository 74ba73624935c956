import { describe, expect, test } from 'vitest';
import type { FilterSubject } from '../../../src/capture/filter/filter-subject.ts';
import { parseFilter } from '../../../src/capture/filter/parse-filter.ts';

/** A request through DNAT, as a matched row shows it. */
const subject: FilterSubject = {
  tuples: [
    { src: '172.17.0.2', dst: '10.0.0.1', proto: 'tcp', sport: 40_000, dport: 8080 },
    { src: '172.17.0.2', dst: '172.18.0.5', proto: 'tcp', sport: 40_000, dport: 80 },
  ],
  points: ['web/eth0', 'docker0'],
  length: 500,
  family: 4,
  vlan: 20,
  flow: 7,
  state: 'lost',
  direction: 'request',
  marks: ['retransmission'],
  changes: ['dnat'],
  tcpFlags: ['PSH', 'ACK'],
  layers: () => ['ethernet', 'ipv4', 'tcp', 'http'],
  text: () => 'web:40000 → 10.0.0.1:8080 HTTP GET /Login HTTP/1.1 (shop.example)',
  nameOf: (address) => ({ '172.17.0.2': 'web', '172.18.0.5': 'db' })[address],
};

const meets = (filter: string): boolean => {
  const parsed = parseFilter(filter);
  if (typeof parsed !== 'function') throw new Error(parsed.error);
  return parsed(subject);
};

describe('a filter lets through', () => {
  test.each([
    '',
    'tcp',
    'tcp port 80',
    'port 8080',
    'port 8000-8100',
    'dst port 80 and src port 40000',
    'host 172.17.0.2',
    'host WEB',
    'dst db',
    'dst host db',
    'src 172.17.0.0/16',
    'net 172.18.0.0/16',
    'src net 172.17.0.0/16',
    'dst 172.18.0.5',
    'not udp',
    '!udp && (arp or tcp)',
    'udp || http',
    'at docker0',
    'lost',
    'retransmission request',
    'dnat',
    'flow 7',
    'vlan 20',
    'greater 500 less 500',
    'ip',
    'proto tcp',
    'login',
    '"GET /login"',
    'shop.example',
    'PORT 80',
    'http and not (host 10.9.9.9 or arp)',
    'udp or tcp and lost',
  ])('%s', (filter) => {
    expect(meets(filter)).toBe(true);
  });
});

describe('a filter keeps out', () => {
  test.each([
    'udp',
    'not tcp',
    'src port 80',
    'dst port 40000',
    'host 172.17.0.3',
    'src db',
    'src 172.18.0.0/16',
    'net fd00::/8',
    'at eth1',
    'arrived',
    'reply',
    'snat',
    'flow 8',
    'greater 501',
    'ip6',
    'dns',
    'syn',
    '"get  /login"',
    'constructor',
    'tcp and not lost',
    '(udp or tcp) and arp',
  ])('%s', (filter) => {
    expect(meets(filter)).toBe(false);
  });
});

describe('what is not understood is named, with its place', () => {
  test.each([
    ['port', 'port needs something after it', 4],
    ['port http', 'port http: a port like 80, or a range like 8000-8100 is expected', 5],
    ['tcp and port 99999', 'port 99999: a port like 80, or a range like 8000-8100 is expected', 13],
    ['net 10.0.0.0/33', 'net 10.0.0.0/33: a network like 172.17.0.0/16 is expected', 4],
    ['(tcp', 'a ( has no )', 0],
    ['tcp)', 'a ) has no (', 3],
    ['and tcp', 'and has nothing before it', 0],
    ['tcp or', 'something is missing at the end', 6],
    ['not', 'something is missing at the end', 3],
    ['"open', 'a text begins with " and does not end', 0],
    ['tcp.port == 80', 'tcp.port: comparisons are not known here; write words, like: port 80', 0],
    ['tcp.port==443', 'tcp.port==443: comparisons are not known here; write words, like: port 443', 0],
    ['ip.addr==10.0.0.9', 'ip.addr==10.0.0.9: comparisons are not known here; write words, like: host 10.0.0.9', 0],
    ['src port', 'src port needs something after it', 8],
    ['flow x', "flow x: a flow's number is expected", 5],
  ])('%s', (filter, error, at) => {
    expect(parseFilter(filter)).toEqual({ error, at });
  });

  test('brackets without end cost nothing', () => {
    expect(parseFilter('('.repeat(100_000))).toMatchObject({ error: 'nested too deep' });
    expect(parseFilter('!'.repeat(100_000))).toMatchObject({ error: 'nested too deep' });
  });
});
