/** What would be tried for real, before anything is sent. */
import type { ProbeChoice } from '../../diagnose/probe-questions.ts';
import { type Line, line, span } from '../format/line.ts';
import type { Parts } from './mend-rows.ts';

const text = (...words: Parameters<typeof line>): Line => line(' ', ...words);

export const probeParts = (choice: ProbeChoice | undefined): Parts => {
  if (choice === undefined) return { body: [text(span('choosing what to try…', 'dim'))], tail: [] };
  const { questions, left } = choice;
  if (questions.length === 0)
    return {
      body: [text('There is nothing to try: no two containers here should reach each other.')],
      tail: [[], text(span('Esc', 'key'), ' closes')],
    };
  return {
    body: [
      text(span('Try for real what should work', 'strong')),
      text("One packet each, from inside the container's netns, on this host only. Each is"),
      text('traced by an nft table of our own that vanishes with it. Where nobody answers'),
      text('one takes some seconds.'),
      [],
      ...questions.map(({ text: words, to }) => line('   ', words, span(`  ${to}`, 'dim'))),
      ...(left === 0 ? [] : [text(span(`${left} more kinds of connections are left out`, 'dim'))]),
    ],
    tail: [
      [],
      text(
        span('y', 'key'),
        ` sends ${questions.length === 1 ? 'it' : `these ${questions.length}`}   `,
        span('Esc', 'key'),
        ' sends nothing',
      ),
    ],
  };
};
