/** The guardian of a live proof or a watch: a process of its own that arms, watches and disarms, and takes everything with it when its parent goes. */
import type { ChildMessage, ChildOrder } from '../child-order.ts';
import { runProof } from './run-proof.ts';
import { watchTask } from './watch-task.ts';

const say = (message: ChildMessage): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

const cleanups: (() => void)[] = [];
const onExit = (cleanup: () => void): void => void cleanups.push(cleanup);
// Whatever ends this process except SIGKILL; tables end with their nft, whose standard input we hold.
process.on('exit', () => {
  for (const cleanup of cleanups) cleanup();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'] as const) process.on(signal, () => process.exit(1));

const finish = new AbortController();

const carryOut = async (order: ChildOrder): Promise<ChildMessage> => {
  if (order.task === 'proof')
    return {
      say: 'done',
      record: await runProof(order, { progress: (text) => say({ say: 'progress', text }), onExit }),
    };
  await watchTask(order, { tell: (event) => say({ say: 'watch', event }), onExit, finish: finish.signal });
  return { say: 'over' };
};

let received = '';
let started = false;

process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk: string) => {
  received += chunk;
  for (let end = received.indexOf('\n'); end >= 0; end = received.indexOf('\n')) {
    const line = received.slice(0, end);
    received = received.slice(end + 1);
    if (started) finish.abort();
    else {
      started = true;
      carryOut(JSON.parse(line) as ChildOrder).then(
        (message) => {
          say(message);
          process.stdin.destroy();
        },
        (error: unknown) => {
          say({ say: 'failed', why: error instanceof Error ? error.message : String(error) });
          process.stdin.destroy();
        },
      );
    }
  }
});
// The parent is gone, or wants no more: also after its SIGKILL.
process.stdin.on('end', () => process.exit(1));
process.stdout.on('error', () => process.exit(1));
