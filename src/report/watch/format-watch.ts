/** A watch as text: a line when something is seen for the first time, and everything with its numbers at the end. */
import type { WatchAccount, WatchGroup } from '../../live/watch/watch-account.ts';
import { safeText, type TextStyle } from '../format-table.ts';
import { formatDirection } from '../trace/format-trace.ts';

const mark = ({ kind, outcome }: WatchGroup, { ascii }: TextStyle): string => {
  if (kind === 'connection') return ascii ? '-' : '·';
  switch (outcome) {
    case 'delivered':
      return ascii ? '+' : '✓';
    case 'left':
      return ascii ? '>' : '→';
    case 'vanished':
    case 'unknown':
      return '?';
    default:
      return ascii ? 'X' : '✗';
  }
};

const directions = { request: '', reply: 'answer ', error: 'ICMP error ' } as const;

export const groupLine = (group: WatchGroup, style: TextStyle): string => {
  const direction = group.direction === undefined ? '' : directions[group.direction];
  const flags = group.flags === undefined ? '' : `${group.flags.join(' ')} `;
  return `${mark(group, style)} ${safeText(`${direction}${flags}${group.text}`, style)}`;
};

const clock = (at: number): string => new Date(at).toISOString().slice(11, 23);

/** As it comes; times are UTC. */
export const formatNewGroup = (group: WatchGroup, style: TextStyle): string =>
  `${clock(group.firstAt)} ${groupLine(group, style)}\n`;

const leftOutLines = ({ leftOut }: WatchAccount): readonly string[] => {
  const parts = [
    leftOut.rules > 0 ? `${leftOut.rules} packets were not traced` : '',
    leftOut.drops > 0 ? `${leftOut.drops} drops were not told` : '',
    leftOut.connections > 0 ? `${leftOut.connections} changes of connections were not told` : '',
    leftOut.groups > 0 ? `${leftOut.groups} packets were of kinds beyond the first 500` : '',
    leftOut.noise > 0 ? `${leftOut.noise} drops were no loss (flooded copies, sockets that close)` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? [] : [`left out: ${parts.join('; ')}`];
};

const shownWays = 3;

/** The way of what is lost, hop by hop: the sentence alone may not be enough. */
const ways = (groups: readonly WatchGroup[], style: TextStyle): readonly string[] =>
  groups
    .filter(
      ({ way, outcome }) => way !== undefined && way.hops.length > 0 && outcome !== 'delivered' && outcome !== 'left',
    )
    .slice(0, shownWays)
    .map((group) => formatDirection(safeText(`way of ${group.id}`, style), group.way!, style));

export const formatWatch = (account: WatchAccount, style: TextStyle): string => {
  const seconds = Math.max(0, account.at - account.startedAt) / 1000;
  const numbers = account.groups.map(({ count }) => `${count}×`);
  const width = Math.max(2, ...numbers.map((text) => text.length));
  const times = (text: string): string => (style.ascii ? text.replace('×', 'x') : text).padStart(width);
  const lines = account.groups.map((group, at) => {
    const rate = group.count > 1 && group.perSecond > 0 ? ` (${group.perSecond}/s)` : '';
    return `${group.id.padStart(3)} ${times(numbers[at]!)} ${groupLine(group, style)}${rate}`;
  });
  const nothing = account.flow === undefined ? 'the kernel dropped nothing' : 'no packet of it was seen';
  const model = account.model === undefined ? [] : [safeText(`the model says: ${account.model.explanation}`, style)];
  const parts = [
    [
      `watched for ${seconds.toFixed(1)} s`,
      ...model,
      ...(lines.length === 0 ? [nothing] : lines),
      ...(account.unanswered ? ['no answer to any of them was seen'] : []),
      ...leftOutLines(account),
    ].join('\n'),
    ...ways(account.groups, style),
  ];
  return `${parts.join('\n\n')}\n`;
};
