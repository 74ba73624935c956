/** Hands every change of the session to the screen, ten times a second at most. */
import type { Session } from '../session.ts';
import type { Store } from './state/store.ts';

const betweenMs = 100;

/** Returns the way to stop. */
export const followSession = (session: Session, store: Store): (() => void) => {
  let last = 0;
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    timer = undefined;
    last = performance.now();
    store.dispatch({ kind: 'session', session: session.state(), log: [...session.commandLog()] });
  };
  const stop = session.subscribe(() => {
    if (timer !== undefined) return;
    const wait = last + betweenMs - performance.now();
    if (wait <= 0) tell();
    else timer = setTimeout(tell, wait);
  });
  tell();
  return () => {
    clearTimeout(timer);
    stop();
  };
};
