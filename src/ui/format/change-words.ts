/** How a change ended, in the words and tones of the screen. */
import type { ChangeState } from '../../session.ts';
import { type Span, span } from './line.ts';
import type { Glyphs } from './theme.ts';

export const changeWords: Readonly<Record<ChangeState, string>> = {
  previewed: 'nothing was changed yet',
  applied: 'applied, not yet checked',
  'awaiting-confirmation': 'it helped, and waits to be confirmed',
  verified: 'done: it helped',
  'rolled-back': 'taken back, because it failed or did not help',
  undone: 'taken back: all is as it was before',
  failed: 'failed',
  interrupted: 'interrupted',
};

/** The same where there is little room. */
export const changeWord: Readonly<Record<ChangeState, string>> = {
  previewed: 'not begun',
  applied: 'applied',
  'awaiting-confirmation': 'confirm it',
  verified: 'done',
  'rolled-back': 'no help, back',
  undone: 'taken back',
  failed: 'failed',
  interrupted: 'interrupted',
};

export const changeMark = (state: ChangeState, glyphs: Glyphs): Span => {
  switch (state) {
    case 'verified':
      return span(glyphs.check, 'good');
    case 'undone':
    case 'previewed':
      return span(glyphs.noCarrier, 'dim');
    case 'rolled-back':
    case 'applied':
    case 'awaiting-confirmation':
      return span(glyphs.warning, 'warn');
    case 'failed':
    case 'interrupted':
      return span(glyphs.down, 'bad');
  }
};
