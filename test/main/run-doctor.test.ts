import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { doctorSchema } from '../../src/report/schemas/doctor-schema.ts';
import { recordingPath } from '../support/load-recording.ts';
import { runMain } from '../support/run-main.ts';

const healthy = ['--recording', recordingPath('docker-28-standard')];
const vethDown = ['--recording', fileURLToPath(new URL('../../src/demo/recordings/veth-down.tar.gz', import.meta.url))];

test('a healthy host: nothing wrong, 0', async () => {
  const { code, stdout } = await runMain(['doctor', ...healthy]);
  expect([code, stdout.split('\n')[0]]).toEqual([0, 'nothing wrong was found']);
});

test('remarks count where --fail-on info says so', async () => {
  expect((await runMain(['doctor', '--fail-on', 'info', ...healthy])).code).toBe(1);
});

test('a fault is 1 and comes first, with evidence, commands, undo and what to type', async () => {
  const { code, stdout } = await runMain(['doctor', ...vethDown]);
  expect(code).toBe(1);
  const first = stdout.split('\n\n')[0]!;
  expect(first).toMatch(/^✗ .+ {2}\[veth-down:db\]$/m);
  expect(first).toContain('run   ip link set dev veth01b2c3d up');
  expect(first).toContain('undo  ip link set dev veth01b2c3d down');
  expect(first).toContain('vethscope fix veth-down:db --yes');
});

test.each([
  ['healthy', healthy],
  ['broken', vethDown],
])('the document of a %s host fits its schema', async (_, host) => {
  const document = JSON.parse((await runMain(['doctor', '--json', ...host])).stdout);
  expect(doctorSchema.safeParse(document).error?.issues ?? []).toEqual([]);
});

test('two ends: the sentence of the trace, and what concerns this connection alone', async () => {
  const { code, stdout } = await runMain(['doctor', '--from', 'api', '--to', 'db:5432', '--json', ...vethDown]);
  const { connection, findings } = JSON.parse(stdout);
  expect(code).toBe(1);
  expect(connection.outcome).not.toBe('delivered');
  expect(findings[0].id).toBe('veth-down:db');
});

test('a connection that works has nothing wrong', async () => {
  const { code } = await runMain(['doctor', '--from', 'app1', '--to', 'app2:80', ...healthy]);
  expect(code).toBe(0);
});

test('one end alone is wrong usage', async () => {
  expect((await runMain(['doctor', '--from', 'app1', ...healthy])).code).toBe(2);
});

test('an end that is not there is 1, with one line', async () => {
  const { code, stderr } = await runMain(['doctor', '--from', 'nobody', '--to', 'app1', ...healthy]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^vethscope: nobody: .+\n$/);
});

test('list findings has a row for each finding', async () => {
  const { code, stdout } = await runMain(['list', 'findings', '--json', ...vethDown]);
  const { rows } = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(rows[0]).toMatchObject({ id: 'veth-down:db', severity: 'error' });
});
