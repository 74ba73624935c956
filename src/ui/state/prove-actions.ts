/** Trying a trace for real: one packet, sent by the session, its progress and its result on the screen. */
import type { ProofAnswer, TraceQuestion } from '../../session.ts';
import { next, say } from './next.ts';
import type { Next, UiState } from './ui-state.ts';

export const proveReason = (state: UiState): true | string => {
  const { trace } = state;
  if (!state.live) return 'this is a recording: no packet can be sent there';
  if (state.readOnly) return 'read-only: it sends a packet and adds an nft table of ours';
  if (trace.live !== undefined && 'progress' in trace.live) return 'under way';
  if (trace.answer === undefined || 'error' in trace.answer) return 'choose two ends first (t)';
  const whatIfs = trace.without.length + Object.keys(trace.withSysctl).length;
  return whatIfs === 0 ? true : 'the kernel has no what-if (W drops them)';
};

export const startProof = (state: UiState): Next => {
  const { from, to } = state.trace;
  if (from === undefined || to === undefined) return next(state);
  return next(
    { ...state, trace: { ...state.trace, live: { progress: 'about to send one real packet' } } },
    { kind: 'prove', question: { from, to } },
  );
};

export const onProofProgress = (state: UiState, progress: string): UiState =>
  state.trace.live !== undefined && 'progress' in state.trace.live
    ? { ...state, trace: { ...state.trace, live: { progress } } }
    : state;

/** Other ends were chosen meanwhile: it is no answer to what is on the screen. */
export const onProved = (state: UiState, question: TraceQuestion, proof: ProofAnswer): UiState => {
  const { from, to, live } = state.trace;
  if (live === undefined || question.from !== from || question.to !== to) return state;
  const proven = { ...state, trace: { ...state.trace, live: { proof } } };
  const words = 'error' in proof ? proof.error : 'gap' in proof ? proof.gap.detail : undefined;
  return words === undefined ? proven : say(proven, `not tried: ${words}`, 'warn');
};
