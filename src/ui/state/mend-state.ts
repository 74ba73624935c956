/** Mending a finding, taking a change back, trying connections, step by step: nothing is run or sent before it was shown and confirmed. */
import type { ProbeChoice } from '../../diagnose/probe-questions.ts';
import type { Change, FixPreview, FixQuestion } from '../../session.ts';
import { cellWidth, printable } from '../../std/printable.ts';
import type { Next, UiState } from './ui-state.ts';

export type MendAnswer = Change | { readonly error: string };

export type MendState =
  | { readonly stage: 'looking'; readonly question: FixQuestion; readonly top: number }
  | {
      readonly stage: 'preview';
      readonly question: FixQuestion;
      readonly preview: FixPreview;
      /** What was typed of the name that a risky remedy asks for; absent: not asked yet. */
      readonly typed?: string;
      readonly top: number;
    }
  | { readonly stage: 'running'; readonly doing: string; readonly lines: readonly string[]; readonly top: number }
  | {
      readonly stage: 'done';
      readonly doing: string;
      readonly answer: MendAnswer;
      readonly lines: readonly string[];
      readonly top: number;
    }
  | { readonly stage: 'undo'; readonly change: Change; readonly top: number }
  /** Packets to be sent; `choice`: once it is known which. */
  | { readonly stage: 'probe'; readonly choice?: ProbeChoice; readonly top: number };

/** Seconds: enough to see that the connection still answers. */
const guardSeconds = 90;

export const withMend = (state: UiState, mend: MendState): UiState => ({ ...state, mend, help: false });

export const withoutMend = (state: UiState): UiState => {
  const { mend: _mend, ...rest } = state;
  return rest;
};

/** Asks for the preview; the first remedy that can be applied, unless one is named. */
export const openFix = (state: UiState, question: FixQuestion): Next => ({
  state: withMend(state, { stage: 'looking', question, top: 0 }),
  effects: [{ kind: 'preview-fix', question }],
});

/** Somebody who works is interrupted, or the operator cut off: one key must not be enough. */
export const isRisky = ({ remedy }: FixPreview): boolean =>
  remedy.cutsConnection || remedy.riskLevel === 'medium' || remedy.riskLevel === 'high';

/** The subject's name, where it can be typed. */
export const nameToType = ({ finding }: FixPreview): string => {
  const name = printable(finding.subject).trim();
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(name) && cellWidth(name) <= 40 ? name : 'yes';
};

/** What is applied is what was shown, guarded where it could cut the operator off. */
export const questionToApply = (question: FixQuestion, { finding, remedy, change }: FixPreview): FixQuestion => ({
  ...question,
  ...(question.plumbing === undefined ? { finding: finding.id } : {}),
  remedy: remedy.n,
  shown: change.commands,
  ...(remedy.cutsConnection ? { confirmWithin: guardSeconds } : {}),
});

export const runFix = (state: UiState, question: FixQuestion, preview: FixPreview): Next => ({
  state: withMend(state, { stage: 'running', doing: preview.remedy.title, lines: [], top: 0 }),
  effects: [{ kind: 'apply-fix', question: questionToApply(question, preview) }],
});

export const runUndo = (state: UiState, change: Change): Next =>
  change.id === undefined
    ? { state, effects: [] }
    : {
        state: withMend(state, { stage: 'running', doing: `take back: ${change.title}`, lines: [], top: 0 }),
        effects: [{ kind: 'undo', id: change.id }],
      };

export const runConfirm = (state: UiState, change: Change): Next =>
  change.id === undefined
    ? { state, effects: [] }
    : {
        state: withMend(state, { stage: 'running', doing: `keep: ${change.title}`, lines: [], top: 0 }),
        effects: [{ kind: 'confirm', id: change.id }],
      };

export const canKeep = ({ state, id }: Change): boolean =>
  id !== undefined && (state === 'awaiting-confirmation' || state === 'interrupted');

export const canTakeBack = ({ state, id }: Change): boolean =>
  id !== undefined && state !== 'undone' && state !== 'rolled-back' && state !== 'previewed';

/** What is to be mended or wired, in a few words. */
export const wantedOf = ({ finding, plumbing, ends }: FixQuestion): string => {
  if (plumbing !== undefined) return printable(['plumb', plumbing.action, ...plumbing.words].join(' '));
  return printable(finding === '' && ends !== undefined ? `${ends.from} to ${ends.to}` : finding);
};

/** Answers of the session; one that nobody waits for any more is dropped. */
export const onPreview = (state: UiState, question: FixQuestion, answer: FixPreview | { error: string }): UiState => {
  if (state.mend?.stage !== 'looking' || state.mend.question !== question) return state;
  return 'error' in answer
    ? withMend(state, { stage: 'done', doing: wantedOf(question), answer, lines: [], top: 0 })
    : withMend(state, { stage: 'preview', question, preview: answer, top: 0 });
};

export const onProgress = (state: UiState, what: string): UiState =>
  state.mend?.stage === 'running'
    ? withMend(state, { ...state.mend, lines: [...state.mend.lines, what].slice(-200) })
    : state;

export const onMended = (state: UiState, answer: MendAnswer): UiState =>
  state.mend?.stage === 'running'
    ? withMend(state, { stage: 'done', doing: state.mend.doing, answer, lines: state.mend.lines, top: 0 })
    : state;
