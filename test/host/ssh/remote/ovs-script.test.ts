import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseFrames } from '../../../../src/host/ssh/frames.ts';
import { parseOvs } from '../../../../src/host/ssh/picture/parse-ovs.ts';
import { composeScript, endCall } from '../../../../src/host/ssh/remote/compose-script.ts';
import { ovsCall } from '../../../../src/host/ssh/remote/ovs-script.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vst-ovs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tool = (name: string, script: string): void => {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
};

const ask = () => {
  const names = { plain: [], ofLinks4: [], ofLinks6: [] };
  const script = composeScript({ token: 'vs1', tools: [], sysctls: names }) + ovsCall + endCall;
  const said = execFileSync('sh', ['-s'], {
    input: script,
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env['PATH']}` },
  });
  return parseOvs(parseFrames(said, 'vs1'), true);
};

test('tells tables and flows as the database of the other machine has them', () => {
  tool(
    'ovs-vsctl',
    `case "$*" in
*list-br) echo br0; echo 'br1 $(x)' ;;
*--dry-run*'list Bridge') echo '{"data":[["br0",["uuid","u1"]]],"headings":["name","ports"]}' ;;
*--dry-run*list*) echo '{"data":[],"headings":["name"]}' ;;
esac`,
  );
  tool('ovs-ofctl', `[ "$4" = br0 ] || { echo "no bridge named $4"; exit 1; }; echo ' priority=0 actions=NORMAL'`);
  expect(ask()).toEqual({
    value: {
      tables: { Bridge: [{ name: 'br0', ports: ['uuid', 'u1'] }], Port: [], Interface: [] },
      flows: { br0: ' priority=0 actions=NORMAL\n' },
    },
    gaps: [{ source: 'ovs-ofctl dump-flows br1 $(x)', reason: 'forbidden', detail: 'no bridge named br1 $(x)' }],
  });
});

test('takes tools without a server for no Open vSwitch, and says when it may not ask', () => {
  const failure = (why: string) =>
    tool('ovs-vsctl', `echo 'ovs-vsctl: unix:/run/db.sock: database connection failed (${why})' >&2; exit 1`);
  failure('No such file or directory');
  expect(ask()).toEqual({ value: null, gaps: [] });
  failure('Permission denied');
  expect(ask().gaps).toMatchObject([{ source: 'ovs-vsctl', reason: 'forbidden' }]);
});
