import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandScript } from '../../../src/host/ssh/change/command-script.ts';
import { findRemoteDocker } from '../../../src/host/ssh/find-remote-docker.ts';
import { explainFailure } from '../../../src/host/ssh/line/explain-failure.ts';
import { parseSshAddress } from '../../../src/host/ssh/line/ssh-address.ts';
import { masterArgv } from '../../../src/host/ssh/line/ssh-argv.ts';
import { quoteForShell } from '../../../src/host/ssh/remote/compose-script.ts';

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

const hostile = ["'", "it's $(echo no)", '"; exit 9 #', '`id`', 'a\nb', '\\', "'\\''", '', ' ', '*', '~', '-n', 'ü €'];

test('quotes every word so that a shell gives it back unchanged', () => {
  for (const word of hostile) {
    const out = execFileSync('sh', ['-c', `printf %s ${quoteForShell(word)}`], { encoding: 'utf8' });
    expect(out).toBe(word);
  }
});

test('runs a command with its words and input as they are', () => {
  const script = commandScript({ argv: ['printf', '<%s>', ...hostile] }, undefined);
  expect(execFileSync('sh', ['-s'], { input: script, encoding: 'utf8' })).toBe(
    hostile.map((word) => `<${word}>`).join(''),
  );
  const text = hostile.join('\n');
  expect(
    execFileSync('sh', ['-s'], { input: commandScript({ argv: ['cat'], stdin: text }, undefined), encoding: 'utf8' }),
  ).toBe(text);
});

test('tells the reason of a failure, and not what was said around it', () => {
  const address = { text: 'ssh://web', host: 'web' };
  const changed =
    '@@@@@@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\n@@@@@@@@\nIt is also possible\nHost key verification failed.\r\n';
  expect(explainFailure(address, changed, 255)).toMatch(/^ssh:\/\/web: .*Host key verification failed/);
  expect(explainFailure(address, 'ssh: connect to host web port 22: Connection timed out\r\n', 255)).toBe(
    'ssh://web: connect to host web port 22: Connection timed out (is it reachable from here?)',
  );
  expect(explainFailure(address, '', 1)).toBe('ssh://web: ssh ended with exit code 1 (make `ssh web` work first)');
});

test("takes the machine Docker's client is set to, and no other kind of place", () => {
  expect(findRemoteDocker({ DOCKER_HOST: 'ssh://me@web:22/run/docker.sock', HOME: '/nowhere' })).toBe(
    'ssh://me@web:22',
  );
  expect(findRemoteDocker({ DOCKER_HOST: 'tcp://web:2375', HOME: '/nowhere' })).toBeUndefined();
  expect(findRemoteDocker({ DOCKER_HOST: 'unix:///run/docker.sock', HOME: '/nowhere' })).toBeUndefined();
  expect(findRemoteDocker({ HOME: '/nowhere' })).toBeUndefined();
});
