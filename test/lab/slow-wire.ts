/** A wire of packets between two netns that is long and loses some: what netem would do, on kernels that have none. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Addresses of the two ends, of the range for tests of networks (RFC 2544). */
export const NEAR = '198.18.7.1';
export const FAR = '198.18.7.2';

export interface SlowWireOptions {
  /** Processes whose netns the ends are in. */
  readonly from: number;
  readonly to: number;
  /** In each direction. */
  readonly delayMs: number;
  /** Share of packets that are lost, in each direction. */
  readonly loss: number;
}

export interface SlowWire {
  /** Nothing passes any more, in no direction; the ends do not hear of it. */
  cut(): void;
  mend(): void;
  stop(): Promise<void>;
}

const CHILD = fileURLToPath(new URL('slow-wire-child.ts', import.meta.url));

/** Both ends are TUN devices held by one child, which dies with us; they go with it. */
export const startSlowWire = async ({ from, to, delayMs, loss }: SlowWireOptions): Promise<SlowWire> => {
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', process.execPath, CHILD, ...[from, to, NEAR, FAR, delayMs, loss].map(String)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), ended.then(() => [''])]);
  if (first[0] !== 'ready') throw new Error('the slow wire could not be made');
  return {
    cut: () => void child.stdin.write('cut\n'),
    mend: () => void child.stdin.write('mend\n'),
    stop,
  };
};
