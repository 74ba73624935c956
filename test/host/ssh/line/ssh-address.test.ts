import { expect, test } from 'vitest';
import { masterArgv } from '../../../../src/host/ssh/line/master-argv.ts';
import { parseSshAddress } from '../../../../src/host/ssh/line/ssh-address.ts';

test.each([
  ['ssh://web', { host: 'web' }],
  ['ssh://me@web:2222', { host: 'web', user: 'me', port: 2222 }],
  ['ssh://[fe80::1%eth0]:22', { host: 'fe80::1%eth0', port: 22 }],
  ['ssh://10.0.0.1/', { host: '10.0.0.1' }],
])('reads the address %s', (text, address) => {
  expect(parseSshAddress(text)).toEqual({ text, ...address });
});

test.each([
  'web',
  'ssh://',
  'ssh://-oProxyCommand=x',
  'ssh://-l@web',
  'ssh://a;b',
  'ssh://a b',
  'ssh://$(x)',
  'ssh://web:0',
  'ssh://web:99999',
  'ssh://web/run/docker.sock',
])('refuses %s as an address', (text) => {
  expect(parseSshAddress(text)).toHaveProperty('error');
});

test('names the host after the end of options', () => {
  const address = parseSshAddress('ssh://me@web:2222');
  if ('error' in address) throw new Error(address.error);
  const argv = masterArgv(address, { socket: '/s', mayAsk: false }, 'sh -s');
  expect(argv.slice(argv.indexOf('-l'))).toEqual(['-l', 'me', '-p', '2222', '--', 'web', 'sh -s']);
  expect(argv).toContain('BatchMode=yes');
});
