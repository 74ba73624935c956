/** Who reaches whom, as far as it is worked out: one row a sender, one letter a receiver. */
import type { Graph } from '../../graph/graph.ts';
import type { Endpoint } from '../../trace/endpoints/resolve-endpoint.ts';
import type { Outcome } from '../../trace/trace.ts';
import type { UiState } from './ui-state.ts';

export interface MatrixState {
  readonly graph: Graph;
  readonly ends: readonly Endpoint[];
  /** `rows[from]![to]` is a letter of `outcomeOfLetter`, `waiting` or `itself`. */
  readonly rows: readonly string[];
  readonly done: number;
  readonly total: number;
}

export const waiting = ' ';
export const itself = '-';

/** Shown as they are, but for the two most common. */
export const letterOfOutcome: Readonly<Record<Outcome, string>> = {
  delivered: '+',
  dropped: 'x',
  rejected: 'R',
  'no-route': 'N',
  'no-neighbour': 'A',
  'no-listener': 'L',
  loop: 'O',
  unknown: '?',
};

export const outcomeOfLetter: ReadonlyMap<string, Outcome> = new Map(
  (Object.entries(letterOfOutcome) as [Outcome, string][]).map(([outcome, letter]) => [letter, outcome]),
);

/** The same for as long as the end is there. */
export const endKey = (end: Endpoint): string => end.container ?? end.netns ?? end.name;

export interface MatrixWindow {
  readonly labelCells: number;
  /** With the gap in front. */
  readonly cellCells: number;
  readonly first: number;
  readonly shown: number;
}

const widestName = 18;

/** Whole pages of columns: numbers stand still while the cursor moves within one. */
export const matrixWindow = ({ ends }: MatrixState, { columns, place }: UiState): MatrixWindow => {
  const digits = String(ends.length).length;
  const name = Math.min(
    widestName,
    ends.reduce((widest, end) => Math.max(widest, end.name.length), 0),
  );
  const labelCells = digits + 1 + name;
  const cellCells = Math.max(2, digits + 1);
  const shown = Math.max(1, Math.min(ends.length, Math.floor((columns - 2 - labelCells) / cellCells)));
  const page = Math.floor(place.column / shown) * shown;
  return { labelCells, cellCells, shown, first: Math.max(0, Math.min(page, ends.length - shown)) };
};

/** The two ends of the cell under the cursor. */
export const selectedPair = (
  state: UiState,
): { readonly from: Endpoint; readonly to: Endpoint; readonly letter: string } | undefined => {
  const { matrix, place } = state;
  if (matrix === undefined || place.view !== 'matrix') return undefined;
  const row = matrix.ends.findIndex((end) => `pair ${endKey(end)}` === place.selected);
  const from = matrix.ends[row];
  const to = matrix.ends[place.column];
  return from === undefined || to === undefined
    ? undefined
    : { from, to, letter: matrix.rows[row]?.[place.column] ?? waiting };
};
