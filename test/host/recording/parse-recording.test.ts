/** Recordings made by hand, by older tools, or by nobody who meant well. */
import { describe, expect, test } from 'vitest';
import { parseRecording } from '../../../src/host/recording/parse-recording.ts';

const parse = (files: Readonly<Record<string, string>>) => parseRecording(new Map(Object.entries(files)), 'by-hand');

describe('a folder made with a shell', () => {
  test('is one host with one netns when the files lie at the top', () => {
    const { facts, netns } = parse({ 'links.json': '[{"ifindex":1,"ifname":"lo"}]' });
    expect(facts.hostname).toBe('by-hand');
    expect(netns).toHaveLength(1);
    expect(netns[0]).toMatchObject({
      isHost: true,
      links: [{ ifindex: 1, ifname: 'lo', flags: [], operstate: 'UNKNOWN' }],
    });
    expect(netns[0]?.addresses).toBeUndefined();
  });

  test('knows further namespaces by the names of their folders, the host first', () => {
    const { netns } = parse({
      'netns/web/links.json': '[]',
      'netns/4026532001/links.json': '[]',
      'links.json': '[]',
    });
    expect(netns.map(({ isHost, names, inode }) => [isHost, names, inode])).toEqual([
      [true, [], 1],
      [false, [], 4026532001],
      [false, ['web'], 3],
    ]);
    expect(new Set(netns.map(({ id }) => id)).size).toBe(3);
  });

  test('gives what `ip -j` leaves out without -d the value it means', () => {
    const { netns } = parse({
      'links.json': '[]',
      'routes.json': '[{"dst":"default","gateway":"10.0.0.1","dev":"eth0"}]',
    });
    expect(netns[0]?.routes).toEqual([
      {
        dst: 'default',
        gateway: '10.0.0.1',
        dev: 'eth0',
        type: 'unicast',
        table: 'main',
        protocol: 'boot',
        scope: 'global',
        flags: [],
      },
    ]);
  });

  test('tells policy rules of the two families by their files', () => {
    const { netns } = parse({
      'links.json': '[]',
      'rules.json': '[{"priority":0,"src":"all","table":"local"}]',
      'rules6.json': '[{"priority":32766,"src":"all","table":"main"}]',
    });
    expect(netns[0]?.policyRules?.map(({ family, priority }) => [family, priority])).toEqual([
      ['inet', 0],
      ['inet6', 32766],
    ]);
  });

  test('reads sysctls with a dot in a link name, and sockets as ss prints them', () => {
    const { netns } = parse({
      'links.json': '[]',
      'sysctls.txt': 'net.ipv4.ip_forward = 1\nnet.ipv4.conf.eth0/20.rp_filter = 2\nkernel.pid_max = 7\n',
      'ss.txt': [
        'udp UNCONN 0 0 0.0.0.0:5353 0.0.0.0:* users:(("docker-proxy",pid=699,fd=7))',
        'tcp LISTEN 0 9 *:80 *:* users:(("httpd",pid=7,fd=3),("httpd",pid=8,fd=3))',
        'tcp LISTEN 0 9 [::]:81 [::]:*',
        'udp UNCONN 0 0 127.0.0.1%lo:53 0.0.0.0:*',
        'udp UNCONN 0 0 [fe80::1]%eth0:546 [::]:*',
        'tcp ESTAB 0 0 10.0.0.1:80 10.0.0.2:4000',
      ].join('\n'),
    });
    expect(netns[0]?.sysctls).toEqual({ 'ipv4.ip_forward': '1', 'ipv4.conf.eth0.20.rp_filter': '2' });
    expect(
      netns[0]?.sockets?.map(({ proto, family, local, port, dev, v6only }) => [
        proto,
        family,
        local,
        port,
        dev,
        v6only,
      ]),
    ).toEqual([
      ['udp', 'inet', '0.0.0.0', 5353, undefined, undefined],
      ['tcp', 'inet6', '::', 80, undefined, false],
      ['tcp', 'inet6', '::', 81, undefined, true],
      ['udp', 'inet', '127.0.0.1', 53, 'lo', undefined],
      ['udp', 'inet6', 'fe80::1', 546, 'eth0', undefined],
    ]);
    expect(netns[0]?.sockets?.[1]?.processes).toEqual([
      { pid: 7, comm: 'httpd' },
      { pid: 8, comm: 'httpd' },
    ]);
  });

  test('reads virtual services of IPVS as the kernel prints them, and as a recording of ours keeps them', () => {
    const service = {
      mark: 0x101,
      scheduler: 'rr',
      servers: [{ address: '10.0.0.7', port: 0, method: 'masq', weight: 1 }],
    };
    const text = 'FWM  00000101 rr \n  -> 0A000007:0000      Masq    1      0          0         \n';
    const { netns } = parse({
      'links.json': '[]',
      'netns/a/ip_vs.txt': text,
      'netns/b/netns.json': JSON.stringify({ names: ['b'], ipvs: [service] }),
      'netns/c/netns.json': JSON.stringify({ names: ['c'] }),
    });
    expect(netns.map(({ ipvs }) => ipvs)).toEqual([undefined, [service], [service], undefined]);
  });

  test('knows which tables there must be by the rule texts', () => {
    const { netns } = parse({
      'iptables-save.txt': '*nat\nCOMMIT\n*filter\nCOMMIT\n',
      'iptables-legacy-save.txt': '*raw\nCOMMIT\n',
    });
    expect(netns[0]?.ruleset?.present).toEqual({
      nftTables: [
        { family: 'ip', name: 'nat' },
        { family: 'ip', name: 'filter' },
      ],
      legacyTables: ['raw'],
      legacyTables6: [],
    });
  });
});

describe('a recording that is not what it should be', () => {
  test('tells which file is no JSON, and keeps the others', () => {
    const { netns, gaps } = parse({ 'links.json': '[{"ifindex":1,"ifname":"lo"}]', 'routes.json': '[{' });
    expect(netns[0]?.links).toHaveLength(1);
    expect(netns[0]?.routes).toBeUndefined();
    expect(gaps.netns).toMatchObject([{ source: 'recording routes.json', reason: 'invalid', detail: 'no JSON' }]);
  });

  test('loses only the entries that make no sense; the empty ones ip prints for filtered links are no trouble', () => {
    const { netns, gaps } = parse({ 'links.json': '[{},{"ifindex":"x","ifname":"a"},7,{"ifindex":2,"ifname":"b"}]' });
    expect(netns[0]?.links?.map(({ ifname }) => ifname)).toEqual(['b']);
    expect(gaps.netns.map(({ detail }) => detail)).toEqual(['item 2: ifindex', 'item 3: is nothing of the kind']);
  });

  test('of another format says so', () => {
    expect(parse({ 'host.json': '{"format":"vethscope-recording/9"}' }).gaps.host).toMatchObject([
      { reason: 'unsupported', detail: 'format vethscope-recording/9, expected vethscope-recording/1' },
    ]);
  });
});

test('a fact with a field of another kind is told and left out, also where that field may be missing', () => {
  const { netns, gaps } = parseRecording(
    new Map([
      [
        'links.json',
        '[{"ifindex":1,"ifname":"lo","link_index":"x"},{"ifindex":2,"ifname":"eth0","link_index":7,"link_netnsid":0}]',
      ],
      [
        'routes.json',
        '[{"dst":"default","dev":null},{"dst":"10.0.0.0/8","dev":"eth0","nexthops":[{"dev":9}]},{"dst":"10.1.0.0/16","dev":"eth0"}]',
      ],
    ]),
    'x',
  );
  expect(netns[0]?.links?.map(({ ifname }) => ifname)).toEqual(['eth0']);
  expect(netns[0]?.routes?.map(({ dst }) => dst)).toEqual(['10.1.0.0/16']);
  expect(gaps.netns.map(({ detail }) => detail)).toEqual([
    'item 1: link_index',
    'item 1: dev',
    'item 2: nexthops.0.dev',
  ]);
});
