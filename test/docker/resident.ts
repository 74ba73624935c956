/** vethscope as a process that stays inside a lab host: asked again and again without being started anew. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LabHost } from '../lab/lab-host.ts';
import type { Ran } from '../support/run-main.ts';

const PROGRAM = fileURLToPath(new URL('answer-inside.ts', import.meta.url));
const NAMESPACES = ['--mount', '--net', '--pid', '--uts', '--ipc'];

export interface Resident {
  ask(...argv: readonly string[]): Promise<Ran>;
  stop(): Promise<void>;
}

export const startResident = (host: LabHost): Resident => {
  const child = spawn('nsenter', ['--target', String(host.pid), ...NAMESPACES, '--', process.execPath, PROGRAM], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // The machine's own journal lies below the host's root.
    env: { ...process.env, XDG_STATE_HOME: '/run/vethscope-state' },
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (...argv) => {
      child.stdin.write(`${JSON.stringify(argv)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`vethscope ${argv.join(' ')}: the process inside has ended`);
      return JSON.parse(value) as Ran;
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
};
