/** Counting what goes wrong between two pictures: the first press takes one, the second says what was lost since. */
import type { Finding } from '../../diagnose/finding.ts';
import type { Graph } from '../../session.ts';
import { next, say } from './next.ts';
import type { Next, UiState } from './ui-state.ts';

/** Times of day are local, for who reads them later. */
export type CountState =
  | { readonly phase: 'starting' }
  | { readonly phase: 'counting'; readonly since: Graph; readonly at: string }
  | { readonly phase: 'comparing'; readonly at: string }
  /** `findings`: those that one picture alone does not show. */
  | {
      readonly phase: 'counted';
      readonly findings: readonly Finding[];
      readonly since: string;
      readonly at: string;
    };

export const countReason = (state: UiState): true | string => {
  if (!state.live) return 'this is a recording: it does not change';
  if (state.session.graph === undefined) return 'nothing was read yet';
  return state.count?.phase === 'starting' || state.count?.phase === 'comparing' ? 'the host is being read' : true;
};

export const toggleCount = (state: UiState): Next =>
  state.count?.phase === 'counting'
    ? next(
        { ...state, count: { phase: 'comparing', at: state.count.at } },
        { kind: 'end-count', since: state.count.since },
      )
    : next({ ...state, count: { phase: 'starting' } }, { kind: 'begin-count' });

export const onCounting = (state: UiState, since: Graph, at: string): UiState => ({
  ...state,
  count: { phase: 'counting', since, at },
});

export const onCounted = (
  state: UiState,
  answer: readonly Finding[] | { readonly error: string },
  at: string,
): UiState => {
  const { count, ...rest } = state;
  if ('error' in answer) return say(rest, `not counted: ${answer.error}`, 'warn');
  const since = count?.phase === 'comparing' ? count.at : '';
  return { ...state, count: { phase: 'counted', findings: answer, since, at } };
};
