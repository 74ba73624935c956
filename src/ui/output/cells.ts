/** A painted row as cells: what is in each, and in which style. */
import { charWidth } from '../../std/printable.ts';

export interface Cells {
  /** '' for the right half of a wide character. */
  readonly chars: readonly string[];
  /** SGR parameters in force, '' for none. */
  readonly styles: readonly string[];
}

const sgr = /\u001b\[([0-9;]*)m/y;

/** Attributes an SGR sequence adds to or takes from those in force, as a canonical parameter list. */
const applied = (active: string, parameters: string): string => {
  if (parameters === '' || parameters === '0') return '';
  let codes = active === '' ? [] : active.split(';');
  for (const code of parameters.split(';')) {
    const value = Number(code);
    if (value === 0) codes = [];
    else if (value === 22) codes = codes.filter((each) => each !== '1' && each !== '2');
    else if (value > 22 && value < 30) codes = codes.filter((each) => each !== String(value - 20));
    else if (value === 39) codes = codes.filter((each) => Number(each) < 30 || Number(each) > 37);
    else
      codes = [
        ...codes.filter(
          (each) => each !== code && !(value >= 30 && value <= 37 && Number(each) >= 30 && Number(each) <= 37),
        ),
        code,
      ];
  }
  return codes.join(';');
};

export const cellsOf = (row: string, columns: number): Cells => {
  const chars: string[] = [];
  const styles: string[] = [];
  let style = '';
  let at = 0;
  while (at < row.length && chars.length < columns) {
    if (row.charCodeAt(at) === 0x1b) {
      sgr.lastIndex = at;
      const match = sgr.exec(row);
      if (match !== null) {
        style = applied(style, match[1]!);
        at += match[0].length;
        continue;
      }
      at += 1;
      continue;
    }
    const char = String.fromCodePoint(row.codePointAt(at)!);
    chars.push(char);
    styles.push(style);
    if (charWidth(char) === 2) {
      chars.push('');
      styles.push(style);
    }
    at += char.length;
  }
  while (chars.length < columns) {
    chars.push(' ');
    styles.push('');
  }
  return { chars, styles };
};
