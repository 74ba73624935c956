/** A netns of its own with what a change can touch, and a program that changes it. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import type { Change } from '../../src/fix/change.ts';
import { openJournal } from '../../src/fix/journal/open-journal.ts';
import { reportChange } from '../../src/fix/report-change.ts';

const PROGRAM = fileURLToPath(new URL('../support/fix-inside.ts', import.meta.url));
let made = 0;

export interface FixNetwork {
  /** How links, addresses, routes, rules and the sysctl stand, as their tools print them; counters left out. */
  state(): string;
  run(...argv: readonly string[]): string;
  /** What the program printed; undefined when it was killed. */
  change(...args: readonly string[]): Promise<unknown>;
  /** Begins in a session of its own; `kill` ends the whole of it, as a closed terminal and kill -9 do. */
  begin(...args: readonly string[]): {
    readonly pid: number;
    readonly printed: Promise<unknown>;
    kill(): Promise<void>;
  };
  /** Another vethscope that changes something, with a journal elsewhere. */
  hold(): { readonly held: Promise<unknown>; release(): Promise<void> };
  journal(): Promise<readonly Change[]>;
  remove(): void;
}

const steady = (text: string): string =>
  text
    .replaceAll(/\[\d+:\d+\]/g, '')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/"(?:valid|preferred)_life_time":\d+/g, '');

export const makeFixNetwork = (): FixNetwork => {
  made += 1;
  const name = `fx-${process.pid}-${made}`;
  const folder = mkdtempSync(join(tmpdir(), 'fix-'));
  const env = { ...process.env, XDG_STATE_HOME: folder };
  const enter = [`--net=/run/netns/${name}`];
  const run = (...argv: readonly string[]): string =>
    execFileSync('nsenter', [...enter, ...argv], { encoding: 'utf8', env });
  const start = (args: readonly string[], detached: boolean) => {
    const child = spawn('nsenter', [...enter, process.execPath, PROGRAM, ...args], {
      env,
      detached,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const printed = once(child, 'close').then(() => (text === '' ? undefined : (JSON.parse(text) as unknown)));
    return { child, printed };
  };
  execFileSync('ip', ['netns', 'add', name]);
  run('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1');
  run('ip', 'link', 'add', 'va', 'type', 'veth', 'peer', 'name', 'vb');
  run('ip', 'link', 'set', 'vb', 'up');
  // A link that never was up has another qdisc than one that is down again.
  run('ip', 'link', 'set', 'va', 'up');
  run('ip', 'link', 'set', 'va', 'down');
  run('sysctl', '-qw', 'net.ipv4.conf.va.rp_filter=0');
  run('iptables', '-A', 'INPUT', '-s', '192.0.2.1', '-j', 'ACCEPT');
  run('iptables', '-A', 'INPUT', '-s', '192.0.2.2', '-j', 'DROP');
  const change = (...args: readonly string[]) => start(args, false).printed;
  return {
    state: () =>
      steady(
        [
          run('ip', '-j', 'addr'),
          run('ip', '-j', 'route', 'show', 'table', 'all'),
          run('iptables-save'),
          run('sysctl', 'net.ipv4.conf.va.rp_filter'),
        ].join('\n'),
      ),
    run,
    change,
    begin: (...args) => {
      const { child, printed } = start(args, true);
      return {
        pid: child.pid!,
        printed,
        kill: async () => {
          process.kill(-child.pid!, 'SIGHUP');
          process.kill(-child.pid!, 'SIGKILL');
          await printed.catch(() => undefined);
        },
      };
    },
    hold: () => {
      const child = spawn('nsenter', [...enter, process.execPath, PROGRAM, 'hold'], {
        env: { ...env, XDG_STATE_HOME: join(folder, 'elsewhere') },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const ended = once(child, 'close');
      return {
        held: once(child.stdout, 'data'),
        release: async () => {
          child.stdin.end();
          await ended;
        },
      };
    },
    journal: async () =>
      (await openJournal(join(folder, 'vethscope')).read()).entries.map((entry) => reportChange(entry, false)),
    remove: () => {
      execFileSync('ip', ['netns', 'del', name]);
      rmSync(folder, { recursive: true });
    },
  };
};

/** A control group as a login session has one. */
export const makeCgroup = () => {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const mount = mounts.find(([, , type]) => type === 'cgroup2')?.[1] ?? '';
  const folder = join(mount, `fx-${process.pid}`);
  mkdirSync(folder);
  return {
    move: (pid: number) => writeFileSync(join(folder, 'cgroup.procs'), String(pid)),
    kill: () => writeFileSync(join(folder, 'cgroup.kill'), '1'),
    remove: () => vi.waitFor(() => rmdirSync(folder), { timeout: 10_000 }),
  };
};
