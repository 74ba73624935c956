/** A watch on the screen: what it would add is shown first; nothing is armed before the user says so. */
import type { WatchAccount, WatchPlan, WatchQuestion, WatchRefusal } from '../../session.ts';
import { openView } from './navigate.ts';
import { next, say } from './next.ts';
import { selectedItem } from './select-items.ts';
import { type Next, startPlace, type UiState } from './ui-state.ts';

export interface WatchState {
  readonly question: WatchQuestion;
  /** What it would add, or why it cannot be had. */
  readonly plan?: WatchPlan | WatchRefusal;
  /** Once it was armed: what it has told. */
  readonly account?: WatchAccount;
}

export const isRunning = ({ watch }: UiState): boolean =>
  watch?.account?.phase === 'arming' || watch?.account?.phase === 'watching';

/** The trace on the screen says which flow is meant; anywhere else it is whatever the kernel drops. */
const questionOf = (state: UiState): WatchQuestion => {
  const { from, to } = state.trace;
  return state.place.view === 'trace' && from !== undefined && to !== undefined ? { flow: { from, to } } : {};
};

const sameFlow = (a: WatchQuestion, b: WatchQuestion): boolean =>
  a.flow?.from === b.flow?.from && a.flow?.to === b.flow?.to;

/** What is said of the container, link or netns under the cursor. */
const filterFor = (state: UiState): string => {
  const item = selectedItem(state);
  const kind = item?.ref?.kind;
  return kind === 'container' || kind === 'link' || kind === 'netns' ? (item?.copy ?? '') : '';
};

/** A watch that runs, or has something to tell of the same flow, is shown as it is. */
export const openWatch = (state: UiState): Next => {
  if (state.place.view === 'watch') return next(openView(state, 'watch'));
  const question = questionOf(state);
  const filter = question.flow === undefined ? filterFor(state) : '';
  const opened = openView(state, 'watch');
  const shown = { ...opened, place: { ...opened.place, filter } };
  if (isRunning(state) || (state.watch !== undefined && sameFlow(state.watch.question, question))) return next(shown);
  return next(
    { ...shown, watch: { question }, place: { ...startPlace('watch'), filter } },
    { kind: 'plan-watch', question },
  );
};

export const askWatch = (state: UiState, question: WatchQuestion): Next =>
  isRunning(state)
    ? next(say(state, 'a watch is running: a in its view stops it', 'warn'))
    : next(
        { ...openView(state, 'watch'), watch: { question }, place: startPlace('watch') },
        { kind: 'plan-watch', question },
      );

export const armReason = (state: UiState): true | string => {
  if (state.place.view !== 'watch') return 'only in the watch view (K)';
  if (state.watch === undefined) return 'nothing is chosen (K on a trace, or :watch FROM TO)';
  if (isRunning(state)) return true;
  const { plan } = state.watch;
  if (plan === undefined) return 'not planned yet';
  return 'error' in plan ? plan.error : true;
};

/** Arms it, or ends it. */
export const toggleWatch = (state: UiState): Next => {
  const { watch } = state;
  if (watch === undefined) return next(state);
  if (isRunning(state)) return next(say(state, 'ending: what was added goes', 'dim'), { kind: 'stop-watch' });
  const { account: _account, ...rest } = watch;
  return next({ ...state, watch: rest }, { kind: 'start-watch', question: watch.question });
};

export const onWatchPlan = (state: UiState, question: WatchQuestion, plan: WatchPlan | WatchRefusal): UiState =>
  state.watch?.question === question ? { ...state, watch: { ...state.watch, plan } } : state;

export const onWatch = (state: UiState, account: WatchAccount): UiState =>
  state.watch === undefined ? state : { ...state, watch: { ...state.watch, account } };
