/** The cell under the cursor of the matrix: its two ends, how it ends, and what the letters mean. */
import type { Endpoint } from '../../trace/endpoints/resolve-endpoint.ts';
import type { Outcome } from '../../trace/trace.ts';
import { joined, line, span } from '../format/line.ts';
import type { Ref } from '../ref.ts';
import { itself, letterOfOutcome, outcomeOfLetter, selectedPair, waiting } from '../state/matrix.ts';
import { letterMark } from '../views/matrix-view.ts';
import { outcomeMark, outcomeWords } from '../views/trace/outcome.ts';
import { type Detail, type DetailContext, row, rowTo } from './detail.ts';

const refOf = (end: Endpoint): Ref | undefined => {
  if (end.container !== undefined) return { kind: 'container', id: end.container };
  return end.netns === undefined ? undefined : { kind: 'netns', id: end.netns };
};

export const pairDetail = ({ state, glyphs }: DetailContext): Detail | undefined => {
  const pair = selectedPair(state);
  if (pair === undefined) return undefined;
  const { from, to, letter } = pair;
  const outcome = outcomeOfLetter.get(letter);
  const answer =
    letter === itself
      ? span('itself', 'dim')
      : letter === waiting || outcome === undefined
        ? span('not worked out yet', 'dim')
        : outcomeMark(outcome, glyphs);
  const seen = (Object.keys(letterOfOutcome) as Outcome[]).filter((each) =>
    state.matrix?.rows.some((letters) => letters.includes(letterOfOutcome[each])),
  );
  const legend = seen.map((each) => line(letterMark(letterOfOutcome[each], state.theme), ` ${outcomeWords[each]}`));
  return {
    title: line(span(from.name, 'strong'), ` ${glyphs.arrow} `, span(to.name, 'strong'), '   ', answer),
    rows: [
      row(state.theme.ascii ? 'Enter' : '⏎', 'the trace of this pair, step by step'),
      rowTo(refOf(from), 'from', from.name),
      rowTo(refOf(to), 'to', to.name),
      row('signs', joined(legend, '  ')),
    ],
  };
};
