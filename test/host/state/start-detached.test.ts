import { expect, test } from 'vitest';
import { serviceArgv } from '../../../src/host/state/start-detached.ts';

test('a guard that systemd starts finds the same journal, and gets nothing else of our environment', () => {
  const env = { HOME: '/root', XDG_STATE_HOME: '/var/lib/x', PATH: '/usr/bin', SECRET: 'x' };
  const argv = serviceArgv('vethscope-revert-ab', ['/usr/bin/node', '/opt/vethscope', '__revert', 'ab'], env);
  expect(argv.slice(0, 4)).toEqual(['systemd-run', '--quiet', '--collect', '--unit=vethscope-revert-ab']);
  expect(argv).toContain('--setenv=XDG_STATE_HOME=/var/lib/x');
  expect(argv.join(' ')).not.toContain('SECRET');
  expect(argv.slice(argv.indexOf('--') + 1)).toEqual(['/usr/bin/node', '/opt/vethscope', '__revert', 'ab']);
});
