/** What the detail pane shows of a thing: a title and rows, some of which lead to related things. */
import { type Line, line, type Part, span } from '../format/line.ts';
import type { Glyphs } from '../format/theme.ts';
import type { GraphIndex } from '../graph-index.ts';
import type { Ref } from '../ref.ts';
import type { UiState, ViewId } from '../state/ui-state.ts';

export type Goto =
  | { readonly kind: 'ref'; readonly ref: Ref }
  /** A view that shows only what concerns `root`. */
  | { readonly kind: 'view'; readonly view: ViewId; readonly root: Ref };

export interface DetailRow {
  readonly line: Line;
  readonly goto?: Goto;
}

export interface Detail {
  readonly title: Line;
  readonly rows: readonly DetailRow[];
}

export interface DetailContext {
  readonly index: GraphIndex;
  readonly glyphs: Glyphs;
  readonly state: UiState;
}

export const row = (name: string, ...words: Part[]): DetailRow => ({
  line: line(span(name.padEnd(8), 'dim'), ' ', ...words),
});

export const rowTo = (goto: Goto | Ref | undefined, name: string, ...words: Part[]): DetailRow => {
  const base = row(name, ...words);
  if (goto === undefined) return base;
  const target: Goto = goto.kind === 'ref' || goto.kind === 'view' ? goto : { kind: 'ref', ref: goto };
  return { ...base, goto: target };
};

export const rulesRow = (root: Ref): DetailRow => rowTo({ kind: 'view', view: 'rules', root }, 'rules', 'that name it');
