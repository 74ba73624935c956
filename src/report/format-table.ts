/** Rows as an aligned table, safe for a terminal whatever a host has put into them. */
import { cellWidth, cutToWidth, printable, printableAscii } from '../std/printable.ts';

export interface TextStyle {
  readonly color: boolean;
  readonly ascii: boolean;
  /** Cells of a line of the terminal; absent where nobody's eye sets a limit: a pipe, a file. */
  readonly width?: number;
}

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number | undefined;
  readonly right?: true;
  /** Left out where the line is too short; the highest number goes first. */
  readonly spare?: number;
  /** Never shortened: half a rule would be another rule. */
  readonly whole?: true;
}

/** Signs for terminals with and without UTF-8. */
export interface Signs {
  readonly arrow: string;
  readonly pair: string;
  readonly none: string;
}

export const signsOf = ({ ascii }: TextStyle): Signs =>
  ascii ? { arrow: '->', pair: '<->', none: '-' } : { arrow: '→', pair: '⇄', none: '-' };

export const safeText = (text: string, { ascii }: TextStyle): string =>
  ascii ? printableAscii(text) : printable(text);

const bold = (text: string, { color }: TextStyle): string => (color ? `\u001b[1m${text}\u001b[22m` : text);

const pad = (text: string, width: number, right: boolean): string => {
  const space = ' '.repeat(Math.max(0, width - cellWidth(text)));
  return right ? space + text : text + space;
};

interface Shown<Row> {
  readonly column: Column<Row>;
  readonly texts: readonly string[];
  readonly width: number;
}

const gap = 2;
/** No column is shortened below this many cells. */
const narrowest = 8;

const lineWidth = (shown: readonly { readonly width: number }[]): number =>
  shown.reduce((sum, { width }) => sum + width, gap * (shown.length - 1));

/** What fits: without spare columns first, then with the widest ones shortened. */
const fitColumns = <Row>(all: readonly Shown<Row>[], limit = Number.POSITIVE_INFINITY): readonly Shown<Row>[] => {
  let shown = all;
  while (lineWidth(shown) > limit) {
    const most = Math.max(...shown.map(({ column }) => column.spare ?? 0));
    if (most === 0) break;
    shown = shown.filter(({ column }) => column.spare !== most);
  }
  const fitted = shown.map((one) => ({ ...one }));
  for (let over = lineWidth(fitted) - limit; over > 0; over -= 1) {
    const widest = fitted
      .filter(({ column, width }) => column.whole !== true && width > narrowest)
      .reduce<{ width: number } | undefined>(
        (most, one) => (most === undefined || one.width > most.width ? one : most),
        undefined,
      );
    if (widest === undefined) break;
    widest.width -= 1;
  }
  return fitted;
};

/** Columns that are empty in every row are left out; the last column is not padded. On a terminal a line stays on its line where it can. */
export const formatTable = <Row>(columns: readonly Column<Row>[], rows: readonly Row[], style: TextStyle): string => {
  const used = columns
    .map((column) => {
      const texts = rows.map((row) => {
        const value = column.cell(row);
        return value === undefined || value === '' ? '' : safeText(String(value), style);
      });
      const width = texts.reduce((most, text) => Math.max(most, cellWidth(text)), column.title.length);
      return { column, texts, width };
    })
    .filter(({ texts }) => texts.some((text) => text !== ''));
  const shown = fitColumns(used, style.width);
  const more = style.ascii ? '~' : '…';
  const cut = (text: string, { column, width }: Shown<Row>): string =>
    column.whole === true || cellWidth(text) <= width ? text : cutToWidth(text, width - 1) + more;
  const line = (texts: readonly string[]) =>
    texts
      .map((text, at) => pad(cut(text, shown[at]!), shown[at]!.width, shown[at]!.column.right === true))
      .join(' '.repeat(gap))
      .trimEnd();
  const none = signsOf(style).none;
  const head = bold(line(shown.map(({ column }) => column.title)), style);
  const body = rows.map((_, row) => line(shown.map(({ texts }) => texts[row] || none)));
  const missing = used.filter((one) => !shown.some(({ column }) => column === one.column));
  const note =
    missing.length === 0
      ? []
      : ['', `too narrow for ${missing.map(({ column }) => column.title).join(', ')} (a pipe or --json shows all)`];
  return `${[head, ...body, ...note].join('\n')}\n`;
};
