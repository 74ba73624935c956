/** A finding's severity as one shape and one tone: the shape alone must tell it. */
import type { Severity } from '../../diagnose/finding.ts';
import { type Span, span, type Tone } from './line.ts';
import type { Glyphs } from './theme.ts';

export const severityTone: Readonly<Record<Severity, Tone>> = {
  error: 'bad',
  warning: 'warn',
  security: 'doubt',
  info: 'accent',
};

/** S, not a sign: terminals disagree how wide a key or a shield is. */
export const severityGlyph = (severity: Severity, glyphs: Glyphs): string => {
  switch (severity) {
    case 'error':
      return glyphs.down;
    case 'warning':
      return glyphs.warning;
    case 'security':
      return 'S';
    case 'info':
      return 'i';
  }
};

export const severityMark = (severity: Severity, glyphs: Glyphs): Span =>
  span(severityGlyph(severity, glyphs), severityTone[severity]);
