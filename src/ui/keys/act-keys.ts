/** Keys that ask something, copy something, or concern the program itself. */
import { findFinding, seenOnly } from '../problems.ts';
import { longCopy, shortCopy } from '../state/copy.ts';
import { openFix, withMend } from '../state/mend-state.ts';
import { goTo } from '../state/navigate.ts';
import { next, say } from '../state/next.ts';
import { selectedItem } from '../state/select-items.ts';
import { chooseFrom, endpointOf } from '../state/trace-actions.ts';
import { type Next, startPlace, type UiState } from '../state/ui-state.ts';
import type { Binding } from './binding.ts';

const startTrace = (state: UiState): Next => {
  const graph = state.session.graph;
  const from = graph === undefined ? undefined : endpointOf(graph, selectedItem(state)?.ref);
  if (from === undefined)
    return next({ ...state, prompt: { kind: 'palette', purpose: 'from', text: '', index: 0 } }, { kind: 'load-rank' });
  return next(chooseFrom(state, from), { kind: 'load-rank' });
};

const copied = (state: UiState, text: string | undefined): Next => {
  if (text === undefined) return next(say(state, 'nothing to copy', 'warn'));
  const lines = text.split('\n').length;
  return next(say(state, lines > 1 ? `copied ${lines} lines` : `copied ${text}`), { kind: 'copy', text });
};

const canBeNamed = (state: UiState): true | string => {
  const kind = selectedItem(state)?.ref?.kind;
  return kind === 'container' || kind === 'link' || kind === 'network' || kind === 'netns'
    ? true
    : 'choose a container, link, netns or network';
};

/** Why there is nothing to mend here. */
const fixReason = (state: UiState): true | string => {
  if (state.place.view === 'trace') {
    const { answer, without, withSysctl } = state.trace;
    if (answer === undefined || 'error' in answer) return 'choose two ends first (t)';
    if (without.length + Object.keys(withSysctl).length > 0) return 'this is a what-if (W drops it)';
    return answer.outcome === 'delivered' ? 'it arrives: there is nothing to mend' : true;
  }
  const ref = selectedItem(state)?.ref;
  if (ref?.kind !== 'finding') return 'choose a finding (7)';
  const finding = findFinding(state, ref.id);
  if ((finding?.remedies.length ?? 0) === 0) return 'nothing that commands could mend is known';
  return finding !== undefined && seenOnly(state).includes(finding)
    ? 'it was counted: what mends it stands below (Y copies it)'
    : true;
};

/** In a trace: the finding that explains its deciding step, and the connection is to work afterwards. */
const startFix = (state: UiState): Next => {
  const { from, to } = state.trace;
  if (state.place.view === 'trace' && from !== undefined && to !== undefined)
    return openFix(state, { finding: '', ends: { from, to } });
  const ref = selectedItem(state)?.ref;
  return ref?.kind === 'finding' ? openFix(state, { finding: ref.id }) : next(state);
};

/** As far as the selected thing says what is meant. */
const plumbText = (state: UiState): string => {
  const graph = state.session.graph;
  const ref = selectedItem(state)?.ref;
  if (ref?.kind === 'container') return `plumb attach ${graph?.containers.get(ref.id)?.facts.name ?? ''} `;
  const link = ref?.kind === 'link' ? graph?.links.get(ref.id) : undefined;
  if (link === undefined || graph?.netns.get(link.netns)?.facts.isHost !== true) return 'plumb ';
  const orphan = link.kind === 'veth' && link.master === undefined;
  return `plumb ${orphan ? 'plug' : 'mtu'} ${link.facts.ifname} `;
};

const selectedChange = (state: UiState) => {
  const ref = selectedItem(state)?.ref;
  return state.journal?.changes.find((one) => ref?.kind === 'change' && one.id === ref.id);
};

export const actKeys: readonly Binding[] = [
  {
    id: 'trace',
    keys: ['t'],
    group: 'Act',
    label: 'trace from',
    help: 'trace a packet from the selected thing: choose where to, see which step decides',
    footer: 5,
    when: (state) => (state.session.graph === undefined ? 'nothing was read yet' : true),
    action: startTrace,
  },
  {
    id: 'fix',
    keys: ['f'],
    group: 'Act',
    label: 'fix',
    help: 'how the selected finding, or the connection of a failed trace, is mended: exact commands, undo, risk; nothing is run before you confirm',
    footer: 0,
    when: fixReason,
    action: startFix,
  },
  {
    id: 'plumb',
    keys: ['P'],
    group: 'Act',
    label: 'plumb',
    help: 'wire the selected thing: a command line to fill in (Tab completes), then the exact commands, undo and risk; nothing is run before you confirm',
    when: (state) => (state.session.graph === undefined ? 'nothing was read yet' : true),
    action: (state) => next({ ...state, help: false, prompt: { kind: 'command', text: plumbText(state), index: 0 } }),
  },
  {
    id: 'take back',
    keys: ['U'],
    group: 'Act',
    label: 'take back',
    help: 'how the selected change of the journal is taken back; nothing is run before you confirm',
    footer: 0,
    when: (state) => {
      if (selectedItem(state)?.ref?.kind !== 'change') return 'choose a change of the journal (J)';
      const change = selectedChange(state);
      return change?.state === 'undone' || change?.state === 'rolled-back' ? 'it is taken back already' : true;
    },
    action: (state) => {
      const change = selectedChange(state);
      return next(change === undefined ? state : withMend(state, { stage: 'undo', change, top: 0 }));
    },
  },
  {
    id: 'rules naming it',
    keys: ['u'],
    group: 'Act',
    label: 'rules',
    help: 'the rules that name the selected thing: its addresses, veth and bridge',
    footer: 6,
    when: canBeNamed,
    action: (state) => {
      const ref = selectedItem(state)?.ref;
      return next(ref === undefined ? state : goTo(state, { ...startPlace('rules'), root: ref }));
    },
  },
  {
    id: 'copy',
    keys: ['y'],
    group: 'Act',
    label: 'copy',
    help: "copy the thing's name, address or rule (OSC 52: the terminal's own clipboard, also over SSH)",
    action: (state) => copied(state, shortCopy(state)),
  },
  {
    id: 'copy all',
    keys: ['Y'],
    group: 'Act',
    label: 'copy all',
    help: 'copy everything the detail pane shows',
    action: (state) => copied(state, longCopy(state)),
  },
  {
    id: 'refresh',
    keys: ['r'],
    group: 'Act',
    label: 'refresh',
    help: 'ask the host again',
    when: (state) => (state.live ? true : 'this is a recording: it does not change'),
    action: (state) => next(say(state, 'asking again …'), { kind: 'refresh' }),
  },
  {
    id: 'redraw',
    keys: ['ctrl+l'],
    group: 'Act',
    label: 'redraw',
    help: 'paint the whole screen again',
    action: (state) => next(state, { kind: 'redraw' }),
  },
  {
    id: 'suspend',
    keys: ['ctrl+z'],
    group: 'Act',
    label: 'suspend',
    help: 'back to the shell; fg returns',
    action: (state) => next(state, { kind: 'suspend' }),
  },
  {
    id: 'quit',
    keys: ['q', 'ctrl+c'],
    group: 'Act',
    label: 'quit',
    help: 'leave',
    footer: 11,
    action: (state) => next(state, { kind: 'quit' }),
  },
];
