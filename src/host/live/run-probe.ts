/** One live proof: starts its guardian and waits for its account. */
import type { ProofTask } from './child-order.ts';
import { startGuardian } from './guardian.ts';
import type { ProbeRecord } from './live-order.ts';

/** Arming and disarming, beyond the time the probe itself may take. */
const spareMs = 15_000;

export type ProbeAnswer = ProbeRecord | { readonly error: string };

export const runProbe = async (
  order: ProofTask,
  tell: (progress: string) => void,
  signal: AbortSignal,
): Promise<ProbeAnswer> => {
  if (signal.aborted) return { error: 'stopped' };
  let answer: ProbeAnswer | undefined;
  const guardian = startGuardian(order, (message) => {
    if (message.say === 'progress') tell(message.text);
    else if (message.say === 'done') answer ??= message.record;
    else if (message.say === 'failed') answer ??= { error: message.why };
  });
  // Closing its input is the friendly way to end it: it disarms first.
  const stop = (why: string): void => {
    answer ??= { error: why };
    guardian.stop();
  };
  const abort = (): void => stop('stopped');
  const timer = setTimeout(() => stop('the proof did not come to an end'), order.timeoutMs + spareMs);
  signal.addEventListener('abort', abort, { once: true });
  const complaint = await guardian.ended;
  clearTimeout(timer);
  signal.removeEventListener('abort', abort);
  return answer ?? { error: `the guardian of the proof: ${complaint ?? 'it ended without a word'}` };
};
