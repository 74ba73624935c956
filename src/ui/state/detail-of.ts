/** The detail pane's content for the current selection, kept until selection or graph changes. */
import { describe } from '../detail/describe.ts';
import type { Detail, DetailRow } from '../detail/detail.ts';
import { wrapLine } from '../format/line.ts';
import { indexOf } from '../graph-index.ts';
import { refKey } from '../ref.ts';
import { selectedItem } from './select-items.ts';
import type { UiState } from './ui-state.ts';

const labelCells = 9;

/** Only its first row leads where the whole one leads. */
const wrapped = (row: DetailRow, width: number): readonly DetailRow[] =>
  wrapLine(row.line, width, labelCells).map((line, at) => (at === 0 ? { ...row, line } : { line }));

let last: { readonly deps: readonly unknown[]; readonly detail: Detail | undefined } | undefined;

export const detailOf = (state: UiState): Detail | undefined => {
  const graph = state.session.graph;
  const ref = selectedItem(state)?.ref;
  if (graph === undefined || ref === undefined) return undefined;
  const deps = [
    state.columns,
    graph,
    refKey(ref),
    state.theme,
    state.trace.answer,
    state.session.gaps,
    state.log,
    state.diagnosed,
    state.probe,
    state.count,
    state.journal,
    state.matrix,
    state.packets,
    state.place.column,
  ];
  if (last !== undefined && deps.every((value, at) => value === last?.deps[at])) return last.detail;
  const described = describe(ref, { index: indexOf(graph), glyphs: state.theme.glyphs, state });
  const detail = described && { ...described, rows: described.rows.flatMap((row) => wrapped(row, state.columns - 3)) };
  last = { deps, detail };
  return detail;
};

/** Rows that lead somewhere: what the cursor stops at in the detail pane. */
export const doorsOf = (detail: Detail | undefined): readonly (DetailRow & { readonly at: number })[] =>
  (detail?.rows ?? []).map((row, at) => ({ ...row, at })).filter((row) => row.goto !== undefined);
