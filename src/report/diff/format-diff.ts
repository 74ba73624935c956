/** Differences as text: a sign, what it is about, what changed. */
import { safeText, type TextStyle } from '../format-table.ts';
import type { Difference } from './difference.ts';

const signs: Readonly<Record<Difference['change'], string>> = { added: '+', removed: '-', changed: '~' };
const colours: Readonly<Record<Difference['change'], number>> = { added: 32, removed: 31, changed: 33 };

const subjectOf = ({ kind, subject, netns }: Difference): string => {
  const place = netns === undefined || netns === subject || subject.startsWith(`${netns}/`) ? '' : ` in ${netns}`;
  return `${kind} ${subject}${place}`;
};

const lineOf = (difference: Difference, style: TextStyle): string => {
  const line = safeText(`${signs[difference.change]} ${subjectOf(difference)}: ${difference.text}`, style);
  return style.color ? `\u001b[${colours[difference.change]}m${line}\u001b[39m` : line;
};

export const formatDiff = (differences: readonly Difference[], style: TextStyle): string =>
  differences.length === 0
    ? 'nothing changed\n'
    : `${differences.map((difference) => lineOf(difference, style)).join('\n')}\n`;
