/** Keys that go deeper: what if, try it with real packets, count what is lost. */
import { countReason, toggleCount } from '../state/count-actions.ts';
import { next } from '../state/next.ts';
import { openProbe, probeReason } from '../state/probe-actions.ts';
import { proveReason, startProof } from '../state/prove-actions.ts';
import { askWhatIf, dropWhatIfs, swapEnds, whatIfReason } from '../state/trace-actions.ts';
import type { UiState } from '../state/ui-state.ts';
import type { Binding } from './binding.ts';

const inTrace = (state: UiState): true | string => (state.place.view === 'trace' ? true : 'only in the trace view (8)');

const both =
  (...conditions: readonly ((state: UiState) => true | string)[]) =>
  (state: UiState): true | string => {
    for (const condition of conditions) {
      const reason = condition(state);
      if (reason !== true) return reason;
    }
    return true;
  };

const hasTrace = (state: UiState): true | string =>
  state.trace.answer === undefined ? 'choose two ends first (t)' : true;

export const askKeys: readonly Binding[] = [
  {
    id: 'what if',
    keys: ['w'],
    group: 'Act',
    label: 'what if',
    help: 'what if this rule were not there, or this sysctl were the other way round',
    footer: 0,
    when: both(inTrace, hasTrace, whatIfReason),
    action: (state, services) => next(askWhatIf(state, services)),
  },
  {
    id: 'no what if',
    keys: ['W'],
    group: 'Act',
    label: 'as it is',
    help: 'drop every what-if',
    when: both(inTrace, (state) =>
      state.trace.without.length + Object.keys(state.trace.withSysctl).length > 0 ? true : 'there is no what-if',
    ),
    action: (state, services) => next(dropWhatIfs(state, services)),
  },
  {
    id: 'try live',
    keys: ['L'],
    group: 'Act',
    label: 'try it live',
    help: 'in a trace: send one real packet from the source and compare; in the findings: try what should work, one packet each, shown and confirmed first. Traced by nft tables of our own, which vanish with us',
    footer: 0.3,
    when: (state) =>
      state.place.view === 'findings'
        ? probeReason(state)
        : state.place.view === 'trace'
          ? both(hasTrace, proveReason)(state)
          : 'only in a trace (8) and in the findings (7)',
    action: (state) => (state.place.view === 'findings' ? openProbe(state) : startProof(state)),
  },
  {
    id: 'swap ends',
    keys: ['T'],
    group: 'Act',
    label: 'swap ends',
    help: 'trace the other way round',
    when: both(inTrace, hasTrace),
    action: (state, services) => next(swapEnds(state, services)),
  },
  {
    id: 'count',
    keys: ['d'],
    group: 'Act',
    label: 'count',
    help: 'in the findings: what is dropped, lost or refused from now on; again: what that was',
    footer: 0.4,
    when: both((state) => (state.place.view === 'findings' ? true : 'only in the findings (7)'), countReason),
    action: toggleCount,
  },
];
