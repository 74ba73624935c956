/** One watch: starts its guardian, passes on what it tells, and ends it in time. */
import type { WatchTask } from './child-order.ts';
import { startGuardian } from './guardian.ts';
import type { RunningWatch, WatchEvent } from './watch-order.ts';

/** Disarming is quick; who has not done it by then is ended, and the kernel removes what it had. */
const spareMs = 10_000;

export const runWatch = (
  order: WatchTask,
  listener: (event: WatchEvent) => void,
  signal: AbortSignal,
): RunningWatch => {
  let failure: string | undefined;
  let over = false;
  const guardian = startGuardian(order, (message) => {
    if (message.say === 'watch') listener(message.event);
    else if (message.say === 'failed') failure ??= message.why;
    else if (message.say === 'over') over = true;
  });
  let deadline: ReturnType<typeof setTimeout> | undefined;
  const finish = (): void => {
    if (deadline !== undefined) return;
    guardian.finish();
    deadline = setTimeout(guardian.stop, spareMs);
  };
  const abort = (): void => guardian.stop();
  signal.addEventListener('abort', abort, { once: true });
  const done = guardian.ended.then((complaint) => {
    clearTimeout(deadline);
    signal.removeEventListener('abort', abort);
    if (over) return {};
    return { error: failure ?? (signal.aborted ? 'stopped' : `the guardian: ${complaint ?? 'it ended too early'}`) };
  });
  return {
    done,
    stop: async () => {
      finish();
      await done;
    },
  };
};
