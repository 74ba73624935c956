/** What a redacted recording no longer tells, and what it still must tell. */
import { expect, test } from 'vitest';
import { createAddressReplacer } from '../../../src/host/recording/address-replacer.ts';
import type { RecordedAnswers } from '../../../src/host/recording/recorded-answers.ts';
import { redactAnswers } from '../../../src/host/recording/redact.ts';
import { hostId, netnsId } from '../../../src/model/ids.ts';
import { parseAddress, parsePrefix, prefixContains } from '../../../src/std/ip-address.ts';

const replace = createAddressReplacer(new Uint8Array(32).fill(7));

test('public addresses become other public ones, the same by the same', () => {
  const [first, again] = [replace('-d 8.8.8.8/32 -j DROP'), replace('dst=8.8.8.8,')];
  expect(first).toMatch(/^-d 8\.\d+\.\d+\.\d+\/32 -j DROP$/);
  expect(first).not.toContain('8.8.8.8');
  expect(again).toBe(`dst=${/8[.\d]+/.exec(first)?.[0]},`);
});

test('every prefix still holds what it held', () => {
  const inside = ['93.184.216.34', '93.184.255.1', '172.200.3.4', '2a01:4f8:1::7'];
  for (const [prefix, address] of [
    ['93.184.0.0/16', inside[0]],
    ['93.184.128.0/17', inside[1]],
    ['172.200.0.0/22', inside[2]],
    ['2a01:4f8::/32', inside[3]],
  ] as const) {
    const network = replace(prefix);
    expect(network.split('/')[1]).toBe(prefix.split('/')[1]);
    const [parsed, host] = [parsePrefix(network), parseAddress(replace(address ?? ''))];
    expect(parsed && host && prefixContains(parsed, host), `${network} ${address}`).toBe(true);
  }
});

test('a network address keeps its host bits zero', () => {
  expect(replace('route 93.184.0.0/16')).toMatch(/^route 93\.\d+\.0\.0\/16$/);
});

test.each([
  '10.1.2.3',
  '172.17.0.2',
  '192.168.1.1',
  '100.64.0.1',
  '127.0.0.11',
  '203.0.113.9',
  'fe80::1',
  'fd00::7',
  '2001:db8::1',
  '::1',
  '0.0.0.0',
])('%s belongs to everybody and stays', (address) => {
  expect(replace(`at ${address}.`)).toBe(`at ${address}.`);
});

test.each(['02:42:ac:11:00:02', '28.5.2', '1.2.3.4.5', '2026-11-21T03:47:33.61Z', 'veth8.8.8.8x'])(
  '%s is no address and stays',
  (text) => {
    expect(replace(text)).toBe(text);
  },
);

const host = hostId('shop-7');
const answers: RecordedAnswers = {
  host,
  facts: { id: host, hostname: 'shop-7', kernel: '6.1', uid: 0, privileged: true, tools: {} },
  netns: [
    {
      id: netnsId(host, 4, 100),
      dev: 4,
      inode: 100,
      isHost: true,
      names: [],
      holders: [],
      nsids: [],
      sockets: [
        {
          proto: 'tcp',
          family: 'inet',
          local: '5.6.7.8',
          port: 80,
          inode: 1,
          processes: [{ pid: 1, comm: 'x', cmdline: 'x --password=secret' }],
        },
      ],
    },
  ],
  engines: [
    {
      kind: 'docker',
      socket: '/run/docker.sock',
      version: {},
      info: { Name: 'shop-7', HttpProxy: 'http://secret@proxy' },
      containers: [
        {
          Id: 'c1',
          Name: '/shop-7',
          Config: {
            Env: ['PASSWORD=secret'],
            Cmd: ['run', 'secret'],
            Labels: { 'com.docker.compose.service': 'web', token: 'secret' },
          },
          HostConfig: { Binds: ['/secret:/x'], NetworkMode: 'host' },
        },
      ],
      networks: [],
    },
  ],
  containerFiles: [
    {
      fullId: 'c1',
      resolvConf: 'search secret.example.com\nnameserver 1.2.3.4\n',
      hosts: '127.0.1.1 shop-7.secret.com shop-7\n',
    },
  ],
  gaps: { host: [], netns: [], engines: [], containerFiles: [], openVswitch: [] },
};

test('secrets, the host name and search domains are gone; what explains the network is there', () => {
  const redacted = redactAnswers(answers);
  expect(JSON.stringify(redacted)).not.toMatch(/secret|5\.6\.7\.8|1\.2\.3\.4/);
  expect(redacted.facts.hostname).toBe('host');
  expect(redacted.netns[0]?.id).toBe('host|4:100');
  expect(redacted.containerFiles[0]?.hosts).toBe('127.0.1.1 host host\n');
  expect(redacted.engines[0]?.containers[0]).toEqual({
    Id: 'c1',
    Name: '/shop-7',
    Config: { Labels: { 'com.docker.compose.service': 'web' } },
    HostConfig: { NetworkMode: 'host' },
  });
});
