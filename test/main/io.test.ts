import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { recordingPath } from '../support/load-recording.ts';

const cli = fileURLToPath(new URL('../support/cli.ts', import.meta.url));
const recording = ['--recording', recordingPath('docker-28-standard')];

const shell = (pipeline: string, ...argv: readonly string[]) =>
  spawnSync('bash', ['-c', `set -o pipefail; "$@" ${pipeline}`, 'bash', process.execPath, cli, ...argv, ...recording], {
    encoding: 'utf8',
  });

test('a reader that goes away is no error worth a word', () => {
  expect(shell('| head -c 1', 'list', 'links')).toMatchObject({ stdout: 'N', stderr: '' });
});

test('a slow reader gets the whole document', () => {
  const { stdout, status } = shell('| (sleep 0.3; cat)', 'graph', '--json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout).links.length).toBeGreaterThan(40);
});

test('wrong usage is exit code 2 of the process', () => {
  expect(shell('', 'frobnicate')).toMatchObject({ status: 2, stdout: '' });
});
