/** A live proof as text: the verdict on the model first, then what the kernel did, in the words of a trace. */
import type { LiveAccount } from '../../live/live-account.ts';
import { safeText, type TextStyle } from '../format-table.ts';
import { formatDirection } from './format-trace.ts';

const signs: Readonly<Record<LiveAccount['agreement'], readonly [string, string]>> = {
  agrees: ['✓', '+'],
  disagrees: ['✗', 'X'],
  'cannot-tell': ['?', '?'],
};

/** `✓ agrees: …` */
export const agreementLine = ({ agreement, why }: LiveAccount, style: TextStyle): string =>
  safeText(
    `${signs[agreement][style.ascii ? 1 : 0]} ${agreement === 'cannot-tell' ? 'cannot tell' : agreement}: ${why}`,
    style,
  );

export const formatLive = (live: LiveAccount, style: TextStyle): string => {
  const line = agreementLine(live, style);
  const parts = [
    `live: ${style.color ? `\u001b[1m${line}\u001b[22m` : line}\n${safeText(live.explanation, style)}`,
    ...(live.request.hops.length === 0 ? [] : [formatDirection('live request', live.request, style)]),
    ...(live.reply === undefined ? [] : [formatDirection('live reply', live.reply, style)]),
  ];
  return `\n${parts.join('\n\n')}\n`;
};
