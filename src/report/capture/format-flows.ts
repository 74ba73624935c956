/** Connections and top talkers of a capture as tables, and where packets vanished as sentences. */
import type { FlowEnd, FlowEntry, Rate, SideCounts, Talker } from '../../capture/flows/flow-entry.ts';
import type { LossGroup } from '../../capture/match/loss-group.ts';
import { type Column, formatTable, safeText, type TextStyle } from '../format-table.ts';

export type NameOf = (address: string) => string | undefined;

const units = ['', 'K', 'M', 'G', 'T'] as const;

/** `999`, `1.5K`, `12M`: four cells at most and never a guess at precision. */
export const formatQuantity = (value: number): string => {
  let rest = value;
  let unit = 0;
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${unit > 0 && rest < 9.95 ? rest.toFixed(1) : Math.round(rest)}${units[unit]}`;
};

export const formatRate = ({ bytesPerSecond, packetsPerSecond }: Rate): string =>
  packetsPerSecond < 0.05 ? '' : `${formatQuantity(bytesPerSecond * 8)}bit/s`;

const endText = ({ address, port }: FlowEnd, nameOf: NameOf): string => {
  const shown = nameOf(address) ?? address;
  if (port === undefined) return shown;
  return `${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
};

const troubles: readonly (readonly [keyof SideCounts, string])[] = [
  ['retransmissions', 'retransmitted'],
  ['outOfOrder', 'out of order'],
  ['duplicateAcks', 'duplicate acks'],
  ['zeroWindows', 'zero window'],
  ['resets', 'resets'],
];

/** What went wrong in it, both ways together; empty when nothing did. */
export const formatTroubles = ({ forward, back }: FlowEntry): string =>
  troubles
    .map(([key, words]) => [forward[key] + back[key], words] as const)
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${words}`)
    .join(', ');

const flowColumns = (nameOf: NameOf): readonly Column<FlowEntry>[] => [
  { title: 'PROTO', cell: ({ proto }) => proto },
  { title: 'FROM', cell: ({ from }) => endText(from, nameOf) },
  { title: 'TO', cell: ({ to }) => endText(to, nameOf) },
  { title: 'STATE', cell: ({ state }) => state },
  { title: 'PACKETS', cell: ({ forward, back }) => `${forward.packets}/${back.packets}`, right: true },
  {
    title: 'BYTES',
    cell: ({ forward, back }) => `${formatQuantity(forward.bytes)}/${formatQuantity(back.bytes)}`,
    right: true,
  },
  { title: 'RATE', cell: ({ rate }) => formatRate(rate), right: true, spare: 2 },
  {
    title: 'HANDSHAKE',
    cell: ({ handshakeMs }) => (handshakeMs === undefined ? undefined : `${handshakeMs.toFixed(2)}ms`),
    right: true,
    spare: 3,
  },
  { title: 'TROUBLE', cell: formatTroubles },
  { title: 'ABOUT', cell: ({ label }) => label, spare: 1 },
];

export interface SummaryOptions {
  readonly nameOf: NameOf;
  readonly style: TextStyle;
  /** The others are counted. */
  readonly limit: number;
}

/** Those with most bytes first; nothing where there are none. */
const formatLargest = <T>(
  columns: readonly Column<T>[],
  all: readonly T[],
  bytes: (one: T) => number,
  { style, limit }: SummaryOptions,
): string => {
  if (all.length === 0) return '';
  const largest = all.toSorted((a, b) => bytes(b) - bytes(a)).slice(0, limit);
  const left = all.length - largest.length;
  return `${formatTable(columns, largest, style)}${left === 0 ? '' : `and ${left} more\n`}`;
};

export const formatFlows = (flows: readonly FlowEntry[], options: SummaryOptions): string =>
  formatLargest(flowColumns(options.nameOf), flows, ({ forward, back }) => forward.bytes + back.bytes, options);

const talkerColumns = (nameOf: NameOf): readonly Column<Talker>[] => [
  { title: 'ADDRESS', cell: ({ address }) => address },
  { title: 'NAME', cell: ({ address }) => nameOf(address) },
  { title: 'SENT', cell: ({ sent }) => formatQuantity(sent.bytes), right: true },
  { title: 'RECEIVED', cell: ({ received }) => formatQuantity(received.bytes), right: true },
  { title: 'PACKETS', cell: ({ sent, received }) => sent.packets + received.packets, right: true },
  { title: 'FLOWS', cell: ({ flows }) => flows, right: true },
  { title: 'RATE', cell: ({ rate }) => formatRate(rate), right: true },
];

export const formatTalkers = (talkers: readonly Talker[], options: SummaryOptions): string =>
  formatLargest(talkerColumns(options.nameOf), talkers, ({ sent, received }) => sent.bytes + received.bytes, options);

/** A sentence each, then what else may be to blame. */
export const formatLosses = (losses: readonly LossGroup[], style: TextStyle): string =>
  losses
    .flatMap(({ sentence, candidates }) => [
      `${style.ascii ? 'X' : '✗'} ${sentence}`,
      ...candidates
        .filter(({ text, basis }) => !sentence.includes(text) && basis !== 'passes')
        .map(({ text, at }) => `    ${at === undefined ? '' : `${at}: `}${text}`),
    ])
    .map((line) => `${safeText(line, style)}\n`)
    .join('');
