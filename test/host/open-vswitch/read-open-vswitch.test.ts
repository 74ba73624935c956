import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readOpenVswitch } from '../../../src/host/open-vswitch/read-open-vswitch.ts';
import type { RunOutcome } from '../../../src/host/run-command.ts';

let folder: string;
let server: Server | undefined;
const open = new Set<Socket>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ovsdb-'));
});
afterEach(() => {
  for (const socket of open) socket.destroy();
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** An OVSDB server that answers every message as the test says, in pieces. */
const serve = (
  answer: (message: { params: readonly { table?: string; op?: string }[] }) => unknown,
): Promise<string> => {
  const path = join(folder, 'db.sock');
  server = createServer((socket) => {
    open.add(socket);
    socket.on('data', (data) => {
      const reply = answer(JSON.parse(data.toString()));
      if (reply === undefined) return;
      const text = JSON.stringify(reply);
      socket.write(text.slice(0, 9));
      setImmediate(() => socket.write(text.slice(9)));
    });
  });
  return new Promise((resolve) => server?.listen(path, () => resolve(path)));
};

const rows = { Bridge: [{ name: 'ovs0' }], Port: [], Interface: [] } as const;
const result = (message: { params: readonly { table?: string }[] }) => ({
  id: 1,
  error: null,
  result: message.params.slice(1).map(({ table }) => ({ rows: rows[table as keyof typeof rows] })),
});
const ran = (outcome: RunOutcome) => async () => outcome;
const never = ran({ end: 'not-found', program: 'ovs-ofctl' });

describe('Open vSwitch', () => {
  test('is no gap where there is none', async () => {
    expect(await readOpenVswitch({ run: never, sockets: [join(folder, 'none')] })).toEqual({ value: null, gaps: [] });
  });

  test('is asked for its tables only to read them, and for the flows of each bridge', async () => {
    const asked: string[] = [];
    const socket = await serve((message) => {
      asked.push(...message.params.slice(1).map((one) => `${one.op} ${one.table}`));
      return result(message);
    });
    const flows = ' cookie=0x0, priority=0 actions=NORMAL\n';
    const commands: (readonly string[])[] = [];
    const answer = await readOpenVswitch({
      ofctl: '/usr/bin/ovs-ofctl',
      run: async (argv) => {
        commands.push(argv);
        return { end: 'exited', exitCode: 0, stdout: flows, stderr: '' };
      },
      sockets: [socket],
    });
    expect(asked).toEqual(['select Bridge', 'select Port', 'select Interface']);
    expect(commands).toEqual([['/usr/bin/ovs-ofctl', '--no-stats', 'dump-flows', '--', 'ovs0']]);
    expect(answer).toEqual({ value: { tables: rows, flows: { ovs0: flows } }, gaps: [] });
  });

  test('without ovs-ofctl is known but for what its flows do, and says so', async () => {
    const answer = await readOpenVswitch({ run: never, sockets: [await serve(result)] });
    expect(answer.value).toEqual({ tables: rows, flows: {} });
    expect(answer.gaps).toMatchObject([{ source: 'ovs-ofctl', reason: 'missing' }]);
  });

  test.each([
    ['refuses', () => ({ id: 1, result: null, error: { error: 'unknown database' } }), 'invalid', /unknown database/],
    ['leaves a table out', () => ({ id: 1, result: [{ rows: [] }], error: null }), 'invalid', /no rows of table Port/],
  ])('that %s is a gap', async (_, reply, reason, detail) => {
    const answer = await readOpenVswitch({ run: never, sockets: [await serve(reply)] });
    expect(answer.value).toBeUndefined();
    expect(answer.gaps).toMatchObject([{ reason, detail: expect.stringMatching(detail) }]);
  });
});
