/** A matched packet as one line: a mark for each point with the delay there, then the packet, then what became of it. */
import type { MatchedRow, Sighting, SightingChange } from '../../capture/match/sighting.ts';
import { cutToWidth } from '../../std/printable.ts';
import { safeText, type TextStyle } from '../format-table.ts';
import { formatStamp } from './format-packet.ts';

/** `12us`, `3.4ms`, `1.2s`: never wider than six cells. */
export const formatDelay = (nanoseconds: bigint): string => {
  const micros = Number(nanoseconds) / 1000;
  if (micros < 1000) return `${Math.round(micros)}us`;
  if (micros < 100_000) return `${(micros / 1000).toFixed(1)}ms`;
  return micros < 1_000_000 ? `${Math.round(micros / 1000)}ms` : `${(micros / 1_000_000).toFixed(1)}s`;
};

/** What happened to the packet before it came here, in one sign: NAT is what people look for. */
const changeSign = (changes: readonly SightingChange[], ascii: boolean): string => {
  if (changes.includes('dnat') || changes.includes('snat')) return ascii ? '*' : '⇝';
  if (changes.includes('split') || changes.includes('fragmented')) return '/';
  if (changes.includes('merged')) return '+';
  return changes.includes('encapsulated') ? '(' : '';
};

const markOf = (sighting: Sighting | undefined, { ascii }: TextStyle): string => {
  if (sighting === undefined) return ascii ? '.' : '·';
  const sign = sighting.delay === 0n ? (ascii ? 'o' : '●') : formatDelay(sighting.delay);
  return `${changeSign(sighting.changes, ascii)}${sign}${sighting.pieces > 1 ? `x${sighting.pieces}` : ''}`;
};

/** `points`: how many there are. */
export const formatMarks = (row: MatchedRow, points: number, style: TextStyle): string =>
  Array.from({ length: points }, (_, point) => {
    const sighting = row.sightings.find((one) => one.point === point);
    // The cross stands where it was missed first.
    const isMissed = row.state.kind === 'lost' && row.state.loss.before === point;
    return (isMissed ? (style.ascii ? 'X' : '✗') : markOf(sighting, style)).padEnd(8);
  }).join('');

/** Over the rows: the points by their number. */
export const formatRowHead = (points: number, style: TextStyle): string => {
  const marks = Array.from({ length: points }, (_, point) => `#${point + 1}`.padEnd(8)).join('');
  const line = `${'TIME'.padEnd(15)}  ${marks} PACKET`;
  return `${style.width === undefined ? line : cutToWidth(line, style.width)}\n`;
};

export const formatState = ({ state, refusedBy }: MatchedRow): string => {
  switch (state.kind) {
    case 'lost':
      return `lost: ${state.loss.sentence}`;
    case 'unknown':
      return `cannot tell: ${state.why}`;
    case 'arrived':
    case 'travelling':
    case 'seen':
      return refusedBy === undefined ? '' : `refused: ${refusedBy.text}`;
  }
};

/** `text`: the packet's one-liner, with names or addresses as wanted. */
export const formatRow = (row: MatchedRow, text: string, points: number, style: TextStyle): string => {
  const state = formatState(row);
  const line = `${formatStamp(row.at)}  ${formatMarks(row, points, style)} ${safeText(text, style)}${state === '' ? '' : `  ${safeText(state, style)}`}`;
  return style.width === undefined ? line : cutToWidth(line, style.width);
};
