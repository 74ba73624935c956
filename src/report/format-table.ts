/** Rows as an aligned table, safe for a terminal whatever a host has put into them. */
import { cellWidth, printable, printableAscii } from '../std/printable.ts';

export interface TextStyle {
  readonly color: boolean;
  readonly ascii: boolean;
}

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number | undefined;
  readonly right?: true;
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

/** Columns that are empty in every row are left out; the last column is not padded. */
export const formatTable = <Row>(columns: readonly Column<Row>[], rows: readonly Row[], style: TextStyle): string => {
  const cells = columns.map((column) =>
    rows.map((row) => {
      const value = column.cell(row);
      return value === undefined || value === '' ? '' : safeText(String(value), style);
    }),
  );
  const used = columns
    .map((column, at) => ({ column, texts: cells[at]! }))
    .filter(({ texts }) => texts.some((text) => text !== ''));
  const widths = used.map(({ column, texts }) =>
    texts.reduce((most, text) => Math.max(most, cellWidth(text)), column.title.length),
  );
  const line = (texts: readonly string[]) =>
    texts
      .map((text, at) => pad(text, widths[at]!, used[at]!.column.right === true))
      .join('  ')
      .trimEnd();
  const none = signsOf(style).none;
  const head = bold(line(used.map(({ column }) => column.title)), style);
  const body = rows.map((_, row) => line(used.map(({ texts }) => texts[row] || none)));
  return `${[head, ...body].join('\n')}\n`;
};
