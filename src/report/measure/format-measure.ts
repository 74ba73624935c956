/** Measured paths as text: a line an end, so that ends can be compared, and below it where the time went. */
import type { Measurement } from '../../session.ts';
import { type Column, formatTable, safeText, signsOf, type TextStyle } from '../format-table.ts';
import { lossPercent } from './measure-document.ts';

const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ms`;

export const formatRate = (bitsPerSecond: number): string => {
  const units = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bitsPerSecond)) / 3)));
  const value = bitsPerSecond / 1000 ** unit;
  return `${value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
};

const columns: readonly Column<Measurement>[] = [
  { title: 'TO', cell: ({ to }) => to },
  { title: 'ADDRESS', spare: 2, cell: ({ address }) => address },
  { title: 'LOSS', cell: (one) => `${lossPercent(one)} %`, right: true },
  { title: 'MIN', spare: 1, cell: ({ roundTrips }) => roundTrips && ms(roundTrips.minMs), right: true },
  { title: 'MEDIAN', cell: ({ roundTrips }) => roundTrips && ms(roundTrips.medianMs), right: true },
  { title: 'MAX', cell: ({ roundTrips }) => roundTrips && ms(roundTrips.maxMs), right: true },
  {
    title: 'PATH MTU',
    cell: ({ pathMtu }) => pathMtu && `${pathMtu.mtu}${pathMtu.blackHole ? ' (black hole)' : ''}`,
    right: true,
  },
  { title: 'TCP', cell: ({ throughput }) => throughput && formatRate(throughput.bitsPerSecond), right: true },
];

/** More segments than that are noise. */
const mostSegments = 4;

const notes = (one: Measurement, style: TextStyle): readonly string[] => {
  const arrow = signsOf(style).arrow;
  const { pathMtu, segments, refusal, throughput } = one;
  return [
    ...(one.received === 0 && one.expected === 'delivered'
      ? ['no answer, although the model says the packet arrives']
      : []),
    ...(refusal === undefined ? [] : [refusal]),
    ...(pathMtu?.blackHole === true ? [`packets above ${pathMtu.mtu} bytes vanish without a word to the sender`] : []),
    ...(pathMtu?.toldBy === undefined ? [] : [`larger packets: ${pathMtu.toldBy}`]),
    ...segments
      .slice(0, mostSegments)
      .map(
        ({ from, to, direction, medianUs }) =>
          `${direction === 'reply' ? 'back  ' : 'there '} ${from} ${arrow} ${to}  ${medianUs < 1000 ? `${medianUs.toFixed(0)} us` : ms(medianUs / 1000)}`,
      ),
    ...(throughput?.retransmits === undefined || throughput.retransmits === 0
      ? []
      : [`${throughput.retransmits} segments were sent again`]),
    ...one.gaps.map(
      ({ source, detail, howToSee }) => `? ${source}: ${detail}${howToSee === undefined ? '' : ` (${howToSee})`}`,
    ),
  ];
};

export const formatMeasure = (ends: readonly Measurement[], style: TextStyle): string =>
  formatTable(columns, ends, style) +
  ends
    .flatMap((one) => {
      const lines = notes(one, style);
      return lines.length === 0 ? [] : ['', one.to, ...lines.map((line) => `  ${line}`)];
    })
    .map((line) => `${safeText(line, style)}\n`)
    .join('');
