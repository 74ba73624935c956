/** How fast the screen is: first frame, keys, bytes, idling, memory; each in a real terminal, beside `node -e 0`. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildProgram } from '../support/build-program.ts';
import { openTerminal, type VirtualTerminal } from '../support/virtual-terminal.ts';
import { programFlags } from './program-flags.ts';

const frameEnd = '\u001b[?2026l';
const nodeFlags = programFlags();

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

const emptyNode = (rounds: number): number =>
  percentile(
    Array.from({ length: rounds }, () => {
      const start = performance.now();
      spawnSync(process.execPath, ['-e', '0']);
      return performance.now() - start;
    }),
    0.5,
  );

const open = (program: string, count: number, columns: number, rows: number): VirtualTerminal =>
  openTerminal(process.execPath, [...nodeFlags, program, `synthetic:${count}`], { columns, rows });

/** ms until the screen shows what is wanted, measured as the bytes arrive. */
const untilSeen = async (terminal: VirtualTerminal, wanted: string, start: number): Promise<number> =>
  new Promise((resolve) => {
    let text = '';
    terminal.onData((data) => {
      text += data;
      if (text.includes(wanted)) resolve(performance.now() - start);
    });
  });

const startTimes = async (program: string, rounds: number): Promise<{ first: number; filled: number }> => {
  const first: number[] = [];
  const filled: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const terminal = open(program, 20, 120, 40);
    const [shown, full] = await Promise.all([
      untilSeen(terminal, frameEnd, start),
      untilSeen(terminal, '20 running', start),
    ]);
    first.push(shown);
    filled.push(full);
    terminal.type('q');
    await terminal.exited;
  }
  return { first: percentile(first, 0.5), filled: percentile(filled, 0.5) };
};

interface Keys {
  readonly p50: number;
  readonly p95: number;
  readonly bytes: number;
}

const pressKeys = async (terminal: VirtualTerminal, keys: readonly string[], pauseMs: number): Promise<Keys> => {
  const times: number[] = [];
  const before = terminal.bytes();
  let ended: (() => void) | undefined;
  terminal.onData((data) => {
    if (data.includes(frameEnd)) ended?.();
  });
  for (const key of keys) {
    const start = performance.now();
    const frame = new Promise<void>((resolve) => {
      ended = resolve;
    });
    terminal.type(key);
    await Promise.race([frame, wait(500)]);
    times.push(performance.now() - start);
    await wait(pauseMs);
  }
  return {
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    bytes: Math.round((terminal.bytes() - before) / keys.length),
  };
};

const rssMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

const cpuTicks = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
  return Number(fields[11]) + Number(fields[12]);
};

const repeat = (key: string, times: number): readonly string[] => Array.from({ length: times }, () => key);

const show = (name: string, value: string, limit: string): void => {
  process.stdout.write(`${name.padEnd(46)}${value.padStart(22)}   ${limit}\n`);
};

const keysText = (keys: Keys): string =>
  `${keys.p50.toFixed(1)} / ${keys.p95.toFixed(1)} ms ${String(keys.bytes).padStart(6)} B`;

const program = process.env['VETHSCOPE_UI_PROGRAM'] ?? (await buildProgram('test/support/ui-program.ts'));
const node = emptyNode(9);
const start = await startTimes(program, 9);
show('node -e 0', `${node.toFixed(0)} ms`, '');
show('first frame', `${start.first.toFixed(0)} ms = ${(start.first / node).toFixed(1)}x`, '<= 8x');
show('20 containers shown', `${start.filled.toFixed(0)} ms = ${(start.filled / node).toFixed(1)}x`, '<= 14x');

for (const [columns, rows] of [
  [80, 24],
  [120, 40],
  [200, 60],
] as const) {
  const size = `${columns}x${rows}`;
  const terminal = open(program, 1000, columns, rows);
  await terminal.until('the counts', (text) => text.includes('1000 running'));
  await terminal.quiet();
  terminal.type('2');
  await terminal.quiet();
  await pressKeys(terminal, repeat('j', 5), 60);
  show(
    `${size} 1,000 containers: cursor move`,
    keysText(await pressKeys(terminal, repeat('j', 40), 60)),
    'p95 <= 16 ms, <= 600 B',
  );
  show(`${size} scroll`, keysText(await pressKeys(terminal, repeat('\u001b[6~', 20), 60)), 'p95 <= 16 ms');
  show(
    `${size} change view`,
    keysText(await pressKeys(terminal, ['3', '4', '5', '2', '3', '4', '5', '2'], 80)),
    'p95 <= 16 ms',
  );
  show(`${size} map move`, keysText(await pressKeys(terminal, ['4', ...repeat('j', 20), '2'], 60)), '');
  show(`${size} filter`, keysText(await pressKeys(terminal, [...'/cache', '\u007f', '\r'], 60)), '');
  terminal.type('\u001b');
  await terminal.quiet(300);
  show(`${size} palette`, keysText(await pressKeys(terminal, [' ', ...'172.20.0.77'], 60)), '');
  terminal.type('\u001b');
  await terminal.quiet(300);
  await pressKeys(
    terminal,
    Array.from({ length: 120 }, (_, at) =>
      at % 3 === 0 ? '\u001b[6~' : at % 40 === 1 ? '4' : at % 40 === 21 ? '2' : 'j',
    ),
    10,
  );
  const bytes = terminal.bytes();
  const ticks = cpuTicks(terminal.pid);
  await wait(3000);
  show(`${size} idle 3 s`, `${terminal.bytes() - bytes} B, ${(cpuTicks(terminal.pid) - ticks) * 10} ms CPU`, '0 B');
  show(`${size} RSS after 200 keys`, `${rssMb(terminal.pid).toFixed(0)} MB`, '<= 150 MB at 200x60');
  terminal.type('q');
  await terminal.exited;
}
if (process.env['VETHSCOPE_UI_PROGRAM'] === undefined) rmSync(dirname(program), { recursive: true, force: true });
process.exit();
