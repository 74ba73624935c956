/** One event in, the next state out: the only place where the state of the screen changes. */
import { bindingOf, reasonOf } from '../keys/key-table.ts';
import { helpScroll } from '../screen/help-rows.ts';
import { onCounted, onCounting } from './count-actions.ts';
import { layoutOf } from './layout.ts';
import { mendKey } from './mend-keys.ts';
import { onMended, onPreview, onProgress } from './mend-state.ts';
import { moveBy, selectRow } from './move.ts';
import { openView } from './navigate.ts';
import { next, say, withoutMessage } from './next.ts';
import { onPackets } from './packets-state.ts';
import { onProbed, onProbePlan, onProbeProgress } from './probe-actions.ts';
import { promptKey } from './prompt-keys.ts';
import { onProofProgress, onProved } from './prove-actions.ts';
import { selectItems } from './select-items.ts';
import { settle } from './settle.ts';
import { tabAt } from './tabs.ts';
import { askTrace } from './trace-actions.ts';
import type { Journal, Next, Services, UiEvent, UiState } from './ui-state.ts';
import { onWatch, onWatchPlan } from './watch-actions.ts';

const onKey = (state: UiState, key: string, text: string, services: Services): Next => {
  const quiet = withoutMessage(state);
  if (quiet.mend !== undefined) return mendKey(quiet, quiet.mend, key, text);
  if (quiet.prompt !== undefined) return promptKey(quiet, quiet.prompt, key, text, services);
  const binding = bindingOf(key);
  if (binding === undefined)
    return next(key.length === 1 ? say(quiet, `${key} does nothing here (? shows the keys)`, 'dim') : quiet);
  const reason = reasonOf(binding, quiet);
  return reason === true ? binding.action(quiet, services) : next(say(quiet, `${binding.label}: ${reason}`, 'warn'));
};

/** Pasted text is text, never keys: only a prompt takes it. */
const onPaste = (state: UiState, text: string, services: Services): Next => {
  if (state.mend !== undefined || state.prompt === undefined)
    return next(say(state, 'pasting works while a filter, command or name is being typed', 'dim'));
  const line = text.replace(/[\r\n]+/g, ' ').trim();
  return promptKey(state, state.prompt, 'paste', line, services);
};

const onClick = (state: UiState, column: number, row: number): UiState => {
  if (state.mend !== undefined || state.prompt !== undefined || state.help) return state;
  if (row === 1) {
    const view = tabAt(state, column);
    return view === undefined ? state : openView(state, view);
  }
  const layout = layoutOf(state);
  const at = row - layout.listTop;
  return at >= 0 && at < layout.listRows ? selectRow(state, state.place.top + at) : state;
};

const onWheel = (state: UiState, lines: number): UiState => {
  if (state.mend !== undefined) return state;
  if (state.help || state.focus === 'detail' || state.prompt !== undefined) return moveBy(state, lines);
  const last = Math.max(0, selectItems(state).items.length - layoutOf(state).listRows);
  const top = Math.max(0, Math.min(last, state.place.top + lines));
  const rows = layoutOf(state).listRows;
  const index = Math.max(top, Math.min(top + rows - 1, state.place.index));
  return selectRow({ ...state, place: { ...state.place, top } }, index);
};

const onSession = (state: UiState, event: Extract<UiEvent, { kind: 'session' }>, services: Services): UiState => {
  const changed = event.session.graph !== state.session.graph;
  const updated = { ...state, session: event.session, log: event.log };
  return changed && state.trace.answer !== undefined ? askTrace(updated, services) : updated;
};

/** Where the cursor's item gave way to what explains it, the worst finding is what one wants to see. */
const onDiagnosis = (state: UiState, { graph, diagnosis }: Extract<UiEvent, { kind: 'diagnosis' }>): UiState => {
  const told = { ...state, diagnosed: { graph, diagnosis } };
  const { selected, ...place } = state.place;
  return place.view !== 'findings' || selected === undefined || selectItems(told).positions.has(selected)
    ? told
    : { ...told, place: { ...place, index: 0, top: 0 } };
};

/** Who looks at the newest change goes on looking at the newest. */
const onJournal = (state: UiState, journal: Journal): UiState => {
  const read = { ...state, journal };
  const { selected, ...place } = state.place;
  const newest = selectItems(state).items.find((item) => item.selectable !== false)?.id;
  return place.view === 'journal' && selected === newest ? { ...read, place: { ...place, index: 0, top: 0 } } : read;
};

const step = (state: UiState, event: UiEvent, services: Services): Next => {
  switch (event.kind) {
    case 'key':
      return onKey(state, event.key, event.text, services);
    case 'paste':
      return onPaste(state, event.text, services);
    case 'wheel':
      return next(onWheel(withoutMessage(state), event.lines));
    case 'click':
      return next(onClick(withoutMessage(state), event.column, event.row));
    case 'session':
      return next(onSession(state, event, services));
    case 'diagnosis':
      return next(onDiagnosis(state, event));
    case 'fix-preview':
      return next(onPreview(state, event.question, event.answer));
    case 'mend-progress':
      return next(onProgress(state, event.what));
    case 'mended':
      return next(onMended(state, event.answer));
    case 'journal':
      return next(onJournal(state, event.journal));
    case 'matrix':
      return next({ ...state, matrix: event.matrix });
    case 'proof-progress':
      return next(onProofProgress(state, event.what));
    case 'proved':
      return next(onProved(state, event.question, event.proof));
    case 'probe-plan':
      return next(onProbePlan(state, event.choice));
    case 'probe-progress':
      return next(onProbeProgress(state, event.progress, event.sent));
    case 'probed':
      return next(onProbed(state, event.answer, event.at));
    case 'counting':
      return next(onCounting(state, event.since, event.at));
    case 'counted':
      return next(onCounted(state, event.answer, event.at));
    case 'watch-plan':
      return next(onWatchPlan(state, event.question, event.plan));
    case 'watch':
      return next(onWatch(state, event.account));
    case 'packets':
      return next(onPackets(state, event.packets));
    case 'resize':
      return next({ ...state, columns: event.columns, rows: event.rows });
    case 'rank':
      return next({ ...state, rank: event.rank });
    case 'message':
      return next(say(state, event.text, event.tone));
  }
};

/** Beyond its end a page would have to be scrolled back unseen. */
const withinHelp = (state: UiState): UiState =>
  state.help && state.helpTop > helpScroll(state) ? { ...state, helpTop: helpScroll(state) } : state;

export const reduce = (state: UiState, event: UiEvent, services: Services): Next => {
  const { state: changed, effects } = step(state, event, services);
  return { state: settle(withinHelp(changed)), effects };
};
