/** Reads the journal when its view is opened, and once at the start: a change that was interrupted must not be forgotten. */
import type { Session } from '../session.ts';
import { loadJournal } from './run-effect.ts';
import type { Store } from './state/store.ts';

const restMs = 500;

/** Returns the way to stop. */
export const followJournal = (session: Session, store: Store): (() => void) => {
  let view = store.state().place.view;
  const load = (): Promise<void> => loadJournal({ session, store: () => store });
  const unsubscribe = store.subscribe(() => {
    const now = store.state().place.view;
    if (now !== view && now === 'journal') void load();
    view = now;
  });
  const atStart = async (): Promise<void> => {
    await load();
    const open = store
      .state()
      .journal?.changes.filter(({ state }) => state === 'interrupted' || state === 'awaiting-confirmation');
    const one = open?.at(-1);
    if (one !== undefined)
      store.dispatch({
        kind: 'message',
        text: `change ${one.id} (${one.finding}) ${one.state === 'interrupted' ? 'was interrupted' : 'waits to be confirmed'}: J shows it`,
        tone: 'warn',
      });
  };
  const timer = session.live && !session.readOnly ? setTimeout(() => void atStart(), restMs) : undefined;
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
};
