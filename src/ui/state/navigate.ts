/** Going from view to view and from thing to thing, with a way back. */
import type { Goto } from '../detail/detail.ts';
import { type Ref, refKey } from '../ref.ts';
import { views } from '../views/views.ts';
import { selectItems } from './select-items.ts';
import { type Place, startPlace, type UiState, type ViewId } from './ui-state.ts';

const historyLimit = 50;

/** Goes to a place; where one was becomes history. */
export const goTo = (state: UiState, place: Place): UiState => ({
  ...state,
  place,
  places: { ...state.places, [state.place.view]: state.place },
  past: [...state.past.slice(-historyLimit + 1), state.place],
  future: [],
  focus: 'list',
  detailIndex: 0,
  detailTop: 0,
  zoom: state.zoom === 'detail' ? 'both' : state.zoom,
  help: false,
});

/** A view as one left it; a choice of one thing only (root) does not stick. */
export const openView = (state: UiState, view: ViewId): UiState => {
  if (view === state.place.view && state.place.root === undefined) return { ...state, help: false, focus: 'list' };
  const { root, ...known } = state.places[view] ?? startPlace(view);
  return goTo(state, root === undefined && views[view].newestFirst !== true ? known : startPlace(view));
};

const homeOf: Readonly<Record<Ref['kind'], ViewId>> = {
  host: 'overview',
  container: 'containers',
  netns: 'netns',
  link: 'links',
  network: 'networks',
  port: 'ports',
  chain: 'rules',
  rule: 'rules',
  route: 'routes',
  finding: 'findings',
  fault: 'findings',
  gap: 'findings',
  change: 'journal',
  pair: 'matrix',
  asked: 'log',
  packet: 'packets',
  flow: 'packets',
  step: 'trace',
};

/** A rule inside a folded chain: the chain is toggled open. */
const unfolded = (place: Place, ref: Ref): Place => {
  if (ref.kind !== 'rule') return place;
  const chain = `chain ${ref.netns} ${ref.id.slice(0, ref.id.lastIndexOf(' '))}`;
  return { ...place, toggled: new Set([...place.toggled, chain]) };
};

export const goToRef = (state: UiState, ref: Ref): UiState => {
  const view = homeOf[ref.kind];
  const { root: _root, ...known } = state.places[view] ?? startPlace(view);
  const selected = refKey(ref);
  const tries: readonly Place[] = [
    { ...known, selected },
    { ...known, selected, filter: '', faultsOnly: false },
    unfolded({ ...known, selected, filter: '', faultsOnly: false }, ref),
  ];
  const seen = tries.find((place) => selectItems({ ...state, place }).positions.has(selected));
  return goTo(state, seen ?? tries[1]!);
};

export const follow = (state: UiState, goto: Goto): UiState =>
  goto.kind === 'ref' ? goToRef(state, goto.ref) : goTo(state, { ...startPlace(goto.view), root: goto.root });

const arrive = (state: UiState, place: Place, past: readonly Place[], future: readonly Place[]): UiState => ({
  ...goTo(state, place),
  past,
  future,
});

export const back = (state: UiState): UiState => {
  const place = state.past.at(-1);
  return place === undefined ? state : arrive(state, place, state.past.slice(0, -1), [state.place, ...state.future]);
};

export const forward = (state: UiState): UiState => {
  const place = state.future[0];
  return place === undefined ? state : arrive(state, place, [...state.past, state.place], state.future.slice(1));
};

/** The last place before this one; again leads back here. */
export const lastPlace = (state: UiState): UiState => {
  const place = state.past.at(-1);
  return place === undefined ? state : arrive(state, place, [...state.past.slice(0, -1), state.place], state.future);
};
