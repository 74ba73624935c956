/** The one watch of a screen: planned, armed and ended as its user says. */
import type { RunningWatch, WatchQuestion } from '../session.ts';
import type { Shell } from './run-effect.ts';

const running = new WeakMap<Shell['session'], RunningWatch>();

const refusal = (error: unknown) => ({
  error: error instanceof Error ? error.message : String(error),
  reason: 'invalid' as const,
});

export const planWatch = async ({ session, store }: Shell, question: WatchQuestion): Promise<void> => {
  const plan = await session.planWatch(question).catch(refusal);
  store().dispatch({ kind: 'watch-plan', question, plan });
};

export const startWatch = async ({ session, store }: Shell, question: WatchQuestion): Promise<void> => {
  const tell = (account: ReturnType<RunningWatch['account']>): void => store().dispatch({ kind: 'watch', account });
  const answer = await session.watch(question, tell).catch(refusal);
  if ('error' in answer) {
    store().dispatch({ kind: 'watch-plan', question, plan: answer });
    return;
  }
  running.set(session, answer);
  tell(answer.account());
  await answer.done;
  running.delete(session);
};

export const stopWatch = async ({ session }: Shell): Promise<void> => running.get(session)?.stop();
