/** How tones and shapes look on this terminal: 16 colours at most, shapes that survive without colour and without UTF-8. */
import type { Line, Tone } from './line.ts';

export interface Glyphs {
  readonly up: string;
  readonly down: string;
  readonly noCarrier: string;
  readonly unknown: string;
  readonly warning: string;
  readonly check: string;
  readonly peer: string;
  readonly arrow: string;
  readonly from: string;
  readonly cursor: string;
  readonly branch: string;
  readonly lastBranch: string;
  readonly trunk: string;
  readonly rule: string;
  readonly wall: string;
  readonly ellipsis: string;
  readonly dot: string;
  readonly ascending: string;
  readonly descending: string;
  readonly folded: string;
  readonly unfolded: string;
  readonly caret: string;
}

const unicode: Glyphs = {
  up: '●',
  down: '✗',
  noCarrier: '○',
  unknown: '?',
  warning: '!',
  check: '✓',
  peer: '⇄',
  arrow: '→',
  from: '◂',
  cursor: '▌',
  branch: '├─',
  lastBranch: '└─',
  trunk: '│ ',
  rule: '─',
  wall: '│',
  ellipsis: '…',
  dot: '·',
  ascending: '▲',
  descending: '▼',
  folded: '▸',
  unfolded: '▾',
  caret: '█',
};

const ascii: Glyphs = {
  up: '*',
  down: 'x',
  noCarrier: 'o',
  unknown: '?',
  warning: '!',
  check: '+',
  peer: '<>',
  arrow: '->',
  from: '<',
  cursor: '>',
  branch: '|-',
  lastBranch: '`-',
  trunk: '| ',
  rule: '-',
  wall: '|',
  ellipsis: '~',
  dot: '-',
  ascending: '^',
  descending: 'v',
  folded: '+',
  unfolded: '-',
  caret: '_',
};

/** The kernel's console: its fonts have line drawing, but neither ✗ nor ⇄. */
const console16: Glyphs = {
  ...ascii,
  branch: '├─',
  lastBranch: '└─',
  trunk: '│ ',
  rule: '─',
  wall: '│',
  dot: '·',
  cursor: '►',
};

const colours: Readonly<Record<Tone, string>> = {
  plain: '',
  dim: '2',
  strong: '1',
  good: '32',
  bad: '1;31',
  warn: '33',
  doubt: '35',
  accent: '36',
  title: '1;36',
  key: '1',
  cursor: '1;33',
  marked: '7',
  tab: '7;1',
};

const attributes: Readonly<Record<Tone, string>> = {
  plain: '',
  dim: '',
  strong: '1',
  good: '',
  bad: '1',
  warn: '1',
  doubt: '',
  accent: '',
  title: '1',
  key: '1',
  cursor: '1',
  marked: '7',
  tab: '7;1',
};

export interface Theme {
  readonly glyphs: Glyphs;
  readonly ascii: boolean;
  /** SGR parameters of each tone; '' for none. */
  readonly tones: Readonly<Record<Tone, string>>;
}

export interface ThemeOptions {
  readonly color: boolean;
  readonly ascii: boolean;
  readonly linuxConsole: boolean;
}

export const buildTheme = (options: ThemeOptions): Theme => ({
  glyphs: options.ascii ? ascii : options.linuxConsole ? console16 : unicode,
  ascii: options.ascii,
  tones: options.color ? colours : attributes,
});

/** What the environment says of the terminal: NO_COLOR, TERM, and the first of LC_ALL, LC_CTYPE, LANG that is set. */
export const themeOptionsOf = (env: Readonly<Record<string, string | undefined>>): ThemeOptions => {
  const locale =
    [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '') ?? '';
  return {
    color: (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'vt100' && env['TERM'] !== 'vt220',
    ascii: !/utf-?8/i.test(locale),
    linuxConsole: env['TERM'] === 'linux',
  };
};

/** A line as the terminal takes it. Its text must have been through `fitTo`, which makes it printable. */
export const paint = (words: Line, theme: Theme): string => {
  let out = '';
  let active = '';
  for (const part of words) {
    if (part.text === '') continue;
    const wanted = theme.tones[part.tone];
    if (wanted !== active) {
      out += wanted === '' ? '\u001b[0m' : active === '' ? `\u001b[${wanted}m` : `\u001b[0;${wanted}m`;
      active = wanted;
    }
    out += part.text;
  }
  return active === '' ? out : `${out}\u001b[0m`;
};
