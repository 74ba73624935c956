/** Keys while a remedy or an undo is on the screen. */
import { formatArgv } from '../../model/runnable-argv.ts';
import { printable } from '../../std/printable.ts';
import { mendScroll } from '../screen/mend-rows.ts';
import {
  canKeep,
  canTakeBack,
  isRisky,
  type MendState,
  nameToType,
  openFix,
  runConfirm,
  runFix,
  runUndo,
  withMend,
  withoutMend,
} from './mend-state.ts';
import { openView } from './navigate.ts';
import { next, say } from './next.ts';
import { startProbe } from './probe-actions.ts';
import type { Next, UiState } from './ui-state.ts';

const scrollBy: Readonly<Record<string, number>> = {
  j: 1,
  down: 1,
  k: -1,
  up: -1,
  pagedown: 10,
  pageup: -10,
  ' ': 10,
  g: -1e9,
  home: -1e9,
  G: 1e9,
  end: 1e9,
};

const scrolled = (state: UiState, mend: MendState, by: number): UiState => {
  return withMend(state, { ...mend, top: Math.max(0, Math.min(mendScroll(state, mend), mend.top + by)) });
};

/** To be run by hand: vethscope itself may not, so somebody with the rights must. */
const copied = (state: UiState, commands: readonly (readonly string[])[]): Next => {
  if (commands.length === 0) return next(say(state, 'there is no command to copy', 'warn'));
  const text = commands.map((argv) => printable(`sudo ${formatArgv(argv)}`)).join('\n');
  return next(say(state, `copied ${commands.length} command${commands.length === 1 ? '' : 's'}`), {
    kind: 'copy',
    text,
  });
};

type Preview = Extract<MendState, { stage: 'preview' }>;

const typing = (state: UiState, mend: Preview, typed: string, key: string, text: string): Next => {
  const wanted = nameToType(mend.preview);
  switch (key) {
    case 'esc':
    case 'ctrl+c': {
      const { typed: _typed, ...rest } = mend;
      return next(withMend(state, rest));
    }
    case 'enter':
      return typed === wanted
        ? runFix(state, mend.question, mend.preview)
        : next(say(state, `this is not ${wanted}: nothing was changed`, 'warn'));
    case 'backspace':
      return next(withMend(state, { ...mend, typed: typed.slice(0, -1) }));
    case 'ctrl+u':
      return next(withMend(state, { ...mend, typed: '' }));
    default:
      return next(text === '' ? state : withMend(state, { ...mend, typed: typed + text }));
  }
};

const otherRemedy = (state: UiState, { question, preview }: Preview, by: 1 | -1): Next => {
  const { remedies } = preview.finding;
  if (remedies.length < 2) return next(say(state, 'there is only one remedy', 'dim'));
  const at = remedies.findIndex(({ n }) => n === preview.remedy.n);
  const other = remedies[(at + by + remedies.length) % remedies.length]!;
  return openFix(state, { ...question, remedy: other.n });
};

const previewKey = (state: UiState, mend: Preview, key: string, text: string): Next => {
  if (mend.typed !== undefined) return typing(state, mend, mend.typed, key, text);
  const { preview } = mend;
  switch (key) {
    case 'y':
      if (preview.refused !== undefined) return copied(state, preview.change.commands);
      return isRisky(preview) ? next(withMend(state, { ...mend, typed: '' })) : runFix(state, mend.question, preview);
    case 'Y':
      return copied(state, preview.change.commands);
    case 'n':
    case 'tab':
    case 'right':
    case 'l':
      return otherRemedy(state, mend, 1);
    case 'N':
    case 'shift+tab':
    case 'left':
    case 'h':
      return otherRemedy(state, mend, -1);
    case 'J':
      return next(openView(withoutMend(state), 'journal'));
    default:
      return next(state);
  }
};

const doneKey = (state: UiState, mend: Extract<MendState, { stage: 'done' }>, key: string): Next => {
  const { answer } = mend;
  const change = 'error' in answer ? undefined : answer;
  switch (key) {
    case 'c':
      return change !== undefined && canKeep(change) ? runConfirm(state, change) : next(state);
    case 'U':
      return change !== undefined && canTakeBack(change)
        ? next(withMend(state, { stage: 'undo', change, top: 0 }))
        : next(state);
    case 'J':
      return next(openView(withoutMend(state), 'journal'));
    case 'Y':
      return copied(state, change?.commands ?? []);
    case 'enter':
      return next(withoutMend(state));
    default:
      return next(state);
  }
};

/** Why vethscope does not change anything here; undefined: it may. */
export const whyNoChange = ({ readOnly, live }: Pick<UiState, 'readOnly' | 'live'>): string | undefined =>
  readOnly ? '--read-only forbids it' : live ? undefined : 'a recording cannot be changed';

const undoKey = (state: UiState, mend: Extract<MendState, { stage: 'undo' }>, key: string): Next => {
  const { change } = mend;
  switch (key) {
    case 'y':
      return whyNoChange(state) === undefined && canTakeBack(change)
        ? runUndo(state, change)
        : copied(state, change.undo);
    case 'Y':
      return copied(state, change.undo);
    case 'c':
      return whyNoChange(state) === undefined && canKeep(change) ? runConfirm(state, change) : next(state);
    default:
      return next(state);
  }
};

export const mendKey = (state: UiState, mend: MendState, key: string, text: string): Next => {
  const asksName = mend.stage === 'preview' && mend.typed !== undefined;
  if (!asksName) {
    if (key === 'ctrl+c') return next(state, { kind: 'quit' });
    if (key === 'ctrl+l') return next(state, { kind: 'redraw' });
    const by = scrollBy[key];
    if (by !== undefined) return next(scrolled(state, mend, by));
    if (mend.stage !== 'running' && (key === 'esc' || key === 'q' || key === 'backspace'))
      return next(withoutMend(state));
  }
  switch (mend.stage) {
    case 'looking':
      return next(state);
    case 'running':
      return next(say(state, 'it is being done: wait for the result', 'dim'));
    case 'preview':
      return previewKey(state, mend, key, text);
    case 'done':
      return doneKey(state, mend, key);
    case 'undo':
      return undoKey(state, mend, key);
    case 'probe':
      return key === 'y' && mend.choice !== undefined && mend.choice.questions.length > 0
        ? startProbe(state, mend.choice)
        : next(state);
  }
};
