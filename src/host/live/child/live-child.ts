/** The guardian of a live proof: a process of its own that arms, sends, watches and disarms, and takes everything with it when its parent goes. */
import type { ChildMessage, ChildOrder } from '../child-order.ts';
import { runProof } from './run-proof.ts';

const say = (message: ChildMessage): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

const cleanups: (() => void)[] = [];
// Whatever ends this process except SIGKILL; tables end with their nft, whose standard input we hold.
process.on('exit', () => {
  for (const cleanup of cleanups) cleanup();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'] as const) process.on(signal, () => process.exit(1));

let received = '';
let started = false;

process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk: string) => {
  received += chunk;
  const end = received.indexOf('\n');
  if (end < 0 || started) return;
  started = true;
  const order = JSON.parse(received.slice(0, end)) as ChildOrder;
  runProof(order, {
    progress: (text) => say({ say: 'progress', text }),
    onExit: (cleanup) => void cleanups.push(cleanup),
  }).then(
    (record) => {
      say({ say: 'done', record });
      process.stdin.destroy();
    },
    (error: unknown) => {
      say({ say: 'failed', why: error instanceof Error ? error.message : String(error) });
      process.stdin.destroy();
    },
  );
});
// The parent is gone, or wants no more: also after its SIGKILL.
process.stdin.on('end', () => process.exit(1));
process.stdout.on('error', () => process.exit(1));
