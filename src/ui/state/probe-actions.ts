/** Trying for real what should work: the connections are shown first, sent when they were confirmed, and their failures join the findings. */
import type { ProbeChoice } from '../../diagnose/probe-questions.ts';
import type { ProbeAnswer } from '../../session/prober.ts';
import { withMend, withoutMend } from './mend-state.ts';
import { next, say } from './next.ts';
import type { Next, UiState } from './ui-state.ts';

export type ProbeState =
  | { readonly progress: string; readonly sent: number; readonly of: number; readonly stopping?: true }
  /** `at`: local time of day, for who reads it later. */
  | { readonly answer: ProbeAnswer; readonly at: string };

export const probeReason = (state: UiState): true | string => {
  if (!state.live) return 'this is a recording: no packet can be sent there';
  if (state.readOnly) return 'read-only: it sends packets and adds nft tables of ours';
  return state.session.graph === undefined ? 'nothing was read yet' : true;
};

/** While packets are sent: no more after the one that is under way. */
export const openProbe = (state: UiState): Next =>
  state.probe !== undefined && 'progress' in state.probe
    ? next(say({ ...state, probe: { ...state.probe, stopping: true } }, 'ending after this one', 'dim'), {
        kind: 'stop-probe',
      })
    : next(withMend(state, { stage: 'probe', top: 0 }), { kind: 'plan-probe' });

export const onProbePlan = (state: UiState, choice: ProbeChoice): UiState =>
  state.mend?.stage === 'probe' ? withMend(state, { ...state.mend, choice }) : state;

export const startProbe = (state: UiState, choice: ProbeChoice): Next =>
  next(
    { ...withoutMend(state), probe: { progress: 'about to begin', sent: 0, of: choice.questions.length } },
    { kind: 'probe', choice },
  );

export const onProbeProgress = (state: UiState, progress: string, sent: number): UiState =>
  state.probe !== undefined && 'progress' in state.probe
    ? { ...state, probe: { ...state.probe, progress, sent } }
    : state;

export const onProbed = (state: UiState, answer: ProbeAnswer | { readonly error: string }, at: string): UiState => {
  if (!('error' in answer)) return { ...state, probe: { answer, at } };
  const { probe: _probe, ...rest } = state;
  return say(rest, `not tried: ${answer.error}`, 'warn');
};
