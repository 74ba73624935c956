/** Whatever happens, and however fast: who followed shows in the end what a fresh look sees. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { requires } from '../support/requires.ts';

const { describe, test } = requires('root', 'tool:ip', 'tool:nsenter', 'tool:unshare', 'tool:nft', 'tool:iptables');

const INSIDE = fileURLToPath(new URL('follow-churn-inside.ts', import.meta.url));
const run = promisify(execFile);

describe('following a host in which links, namespaces, addresses, rules and sysctls come and go', () => {
  test.for(['1', '2', '3'])('shows in the end what is there (seed %s)', async (seed) => {
    const { stdout } = await run('unshare', [
      ...['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child=KILL'],
      ...[process.execPath, INSIDE, seed, '60'],
    ]);
    expect(JSON.parse(stdout).found).toEqual([]);
  });
});
