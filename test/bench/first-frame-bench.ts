/** The real program on a real Docker host with 20 containers: how soon it draws, how soon all is shown, beside `node -e 0`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { IMAGE } from '../lab/daemon.ts';
import { type LabHost, startLabHost } from '../lab/lab-host.ts';
import { PROGRAM } from '../lab/vethscope.ts';
import { openTerminal } from '../support/virtual-terminal.ts';
import { median, raceProcesses } from './measure-process.ts';
import { programFlags } from './program-flags.ts';

export interface FirstFrameTimes {
  readonly nodeMs: number;
  readonly firstFrameMs: number;
  readonly filledMs: number;
  /** From `docker start` answering to the container's pair being on the screen; negative values count as 0. */
  readonly containerShownMs: number;
  readonly idleBytes: number;
  readonly idleCpuMs: number;
}

const COUNT = 20;
const FRAME_END = '[?2026l';

const inHost = (host: LabHost, argv: readonly string[]): readonly string[] => [
  ...['--target', `${host.pid}`, '--mount', '--net', '--pid', '--uts', '--ipc', '--'],
  ...argv,
];

const [NODE = '', VETHSCOPE = ''] = PROGRAM;

const open = (host: LabHost) =>
  openTerminal('nsenter', inHost(host, [NODE, ...programFlags(), VETHSCOPE]), { columns: 120, rows: 40 });

const startOnce = async (host: LabHost): Promise<{ readonly first: number; readonly filled: number }> => {
  const start = performance.now();
  const terminal = open(host);
  let first = Number.NaN;
  terminal.onData((data) => {
    if (Number.isNaN(first) && data.includes(FRAME_END)) first = performance.now() - start;
  });
  await terminal.until('all containers', (text) => text.includes(`${COUNT} running`), 30_000);
  const filled = performance.now() - start;
  terminal.type('q');
  await terminal.exited;
  return { first, filled };
};

/** Nothing changes, no rates are shown: what is written and what is computed. */
const idle = async (
  host: LabHost,
): Promise<{ readonly bytes: number; readonly cpuMs: number; readonly shownMs: number }> => {
  const terminal = open(host);
  await terminal.until('all containers', (text) => text.includes(`${COUNT} running`), 30_000);
  await terminal.quiet(2000);
  const ticks = async (): Promise<number> => {
    const { stdout } = await host.run(['sh', '-c', 'cat /proc/[0-9]*/stat']);
    const line = stdout.split('\n').find((one) => /^\d+ \((?:node|MainThread)\)/.test(one)) ?? '';
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  };
  const before = { bytes: terminal.bytes(), ticks: await ticks() };
  await sleep(5000);
  const bytes = terminal.bytes() - before.bytes;
  const cpuMs = ((await ticks()) - before.ticks) * 10;
  await host.docker('run', '-d', '--name', 'late', IMAGE);
  const started = performance.now();
  await terminal.until('the new container', (text) => text.includes(`${COUNT + 1} running`), 30_000);
  const shownMs = performance.now() - started;
  terminal.type('q');
  await terminal.exited;
  return { bytes, cpuMs, shownMs };
};

export const measureFirstFrame = async (rounds: number): Promise<FirstFrameTimes> => {
  const host = await startLabHost({ docker: true });
  try {
    for (let n = 1; n <= COUNT; n += 1) await host.docker('run', '-d', '--name', `app${n}`, IMAGE, 'sleep', '1000000');
    const empty = ['nsenter', ...inHost(host, [NODE, '-e', '0'])];
    const node = raceProcesses([{ name: 'node', argv: empty }], rounds).get('node') ?? Number.NaN;
    const starts: { readonly first: number; readonly filled: number }[] = [];
    for (let round = 0; round < rounds; round += 1) starts.push(await startOnce(host));
    const rest = await idle(host);
    return {
      nodeMs: node,
      firstFrameMs: median(starts.map(({ first }) => first)),
      filledMs: median(starts.map(({ filled }) => filled)),
      containerShownMs: rest.shownMs,
      idleBytes: rest.bytes,
      idleCpuMs: rest.cpuMs,
    };
  } finally {
    await host.stop();
  }
};
