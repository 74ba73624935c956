/** Arms a guard on the other machine, and speaks with it while the change is made. */
import type { Guard } from '../../host.ts';
import type { Line } from '../line/open-line.ts';
import { isRefusedSession, refusedSessionText } from '../line/refused-session.ts';
import { guardScript } from './guard-script.ts';

const answerMs = 15_000;

export const startGuard = async (
  line: Line,
  order: { readonly id: string; readonly seconds: number; readonly revert: string },
): Promise<Guard | { readonly error: string }> => {
  const session = line.startShell();
  let heard = '';
  let said = '';
  let wake: () => void = () => {};
  let ended = false;
  session.stdout?.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
    wake();
  });
  session.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  session.on('close', () => {
    ended = true;
    wake();
  });
  /** The word that is heard of those that are hoped for; undefined: none in time. */
  const hear = async (...words: readonly string[]): Promise<string | undefined> => {
    const until = performance.now() + answerMs;
    for (;;) {
      const found = words.find((word) => heard.split('\n').includes(word));
      if (found !== undefined || ended || performance.now() > until) return found;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, until - performance.now());
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  // Not ended: as long as it can be written to, the line stands.
  session.stdin?.write(guardScript(order.id, order.seconds, order.revert));
  if ((await hear('armed')) === undefined) {
    session.kill('SIGTERM');
    const why = isRefusedSession(said) ? refusedSessionText : said.trim().split('\n')[0];
    return { error: why || 'nobody could be left there to take it back' };
  }
  const say = async (word: string, ...answers: readonly string[]): Promise<string | undefined> => {
    if (ended) return undefined;
    session.stdin?.write(`${word}\n`);
    return hear(...answers);
  };
  return {
    keep: async () => (await say('keep', 'kept', 'reverted')) === 'kept',
    wait: async () => (await say('wait', 'waits')) === 'waits',
  };
};
