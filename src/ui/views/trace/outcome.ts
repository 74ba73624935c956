/** How a trace ended, in the words and tones of the screen. */
import type { Outcome, Step, StepVerdict } from '../../../trace/trace.ts';
import { type Span, span, type Tone } from '../../format/line.ts';
import type { Glyphs } from '../../format/theme.ts';

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  delivered: 'delivered',
  dropped: 'dropped',
  rejected: 'rejected',
  'no-route': 'no route',
  'no-neighbour': 'no neighbour',
  'no-listener': 'nobody listens',
  loop: 'goes in a circle',
  unknown: 'cannot tell',
};

export const outcomeTone = (outcome: Outcome): Tone =>
  outcome === 'delivered' ? 'good' : outcome === 'unknown' ? 'doubt' : 'bad';

export const outcomeMark = (outcome: Outcome, glyphs: Glyphs): Span => {
  const tone = outcomeTone(outcome);
  const mark = outcome === 'delivered' ? glyphs.check : outcome === 'unknown' ? glyphs.unknown : glyphs.down;
  return span(`${mark} ${outcomeWords[outcome]}`, tone);
};

const verdictMark = (verdict: StepVerdict, glyphs: Glyphs): Span => {
  switch (verdict) {
    case 'pass':
      return span(glyphs.dot, 'dim');
    case 'changed':
      return span(glyphs.arrow, 'accent');
    case 'delivered':
      return span(glyphs.check, 'good');
    case 'unknown':
      return span(glyphs.unknown, 'doubt');
    case 'dropped':
    case 'rejected':
    case 'no-route':
    case 'no-neighbour':
    case 'no-listener':
    case 'loop':
      return span(glyphs.down, 'bad');
  }
};

export const stepMark = (step: Step, glyphs: Glyphs): Span => verdictMark(step.verdict, glyphs);
