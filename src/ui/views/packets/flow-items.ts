/** Connections, talkers and losses of a capture as rows. */
import type { CaptureAnalysis } from '../../../capture/analysis.ts';
import type { FlowEnd, FlowEntry, Rate, SideCounts, Talker } from '../../../capture/flows/flow-entry.ts';
import type { LossGroup } from '../../../capture/match/loss-group.ts';
import { line, span, wrapWords } from '../../format/line.ts';
import type { Item } from '../item.ts';
import type { ViewContext } from '../view.ts';

const units = ['B', 'K', 'M', 'G', 'T'] as const;

/** `812B`, `4.1M`: never wider than six cells. */
export const sizeText = (bytes: number): string => {
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024))));
  const value = bytes / 1024 ** unit;
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)}${units[unit]}`;
};

const rateText = ({ bytesPerSecond, packetsPerSecond }: Rate): string =>
  packetsPerSecond < 0.05 ? '' : `${sizeText(bytesPerSecond)}/s`;

interface Naming {
  readonly analysis: CaptureAnalysis;
  readonly names: boolean;
}

const hostText = (address: string, { analysis, names }: Naming): string =>
  (names ? analysis.nameOf(address) : undefined) ?? (address.includes(':') ? `[${address}]` : address);

const endText = ({ address, port }: FlowEnd, naming: Naming): string =>
  `${hostText(address, naming)}${port === undefined ? '' : `:${port}`}`;

const troubles = ({ retransmissions, outOfOrder, resets, zeroWindows }: SideCounts): readonly string[] => [
  ...(retransmissions > 0 ? [`${retransmissions} retransmitted`] : []),
  ...(outOfOrder > 0 ? [`${outOfOrder} out of order`] : []),
  ...(zeroWindows > 0 ? [`${zeroWindows} zero windows`] : []),
  ...(resets > 0 ? [`${resets} resets`] : []),
];

export const flowItems = (flows: readonly FlowEntry[], naming: Naming, { glyphs }: ViewContext): readonly Item[] =>
  flows.map((flow) => {
    const trouble = [...new Set([...troubles(flow.forward), ...troubles(flow.back)])];
    const counts = `${flow.forward.packets}/${flow.back.packets}`.padStart(11);
    const bytes = sizeText(flow.forward.bytes + flow.back.bytes).padStart(7);
    const words = [
      flow.state,
      flow.handshakeMs === undefined ? undefined : `handshake ${flow.handshakeMs.toFixed(1)} ms`,
      flow.label,
    ];
    return {
      id: `flow ${flow.id}`,
      ref: { kind: 'flow', id: String(flow.id) },
      faulty: trouble.length > 0 || flow.state === 'reset' || flow.back.packets === 0,
      copy: `${endText(flow.from, naming)} ${endText(flow.to, naming)}`,
      cells: [
        line(
          span(counts, 'dim'),
          span(bytes),
          span(rateText(flow.rate).padStart(9), 'accent'),
          '  ',
          span(flow.proto.padEnd(5), 'dim'),
          endText(flow.from, naming),
          span(` ${glyphs.arrow} `, 'dim'),
          endText(flow.to, naming),
          '  ',
          span(words.filter((word) => word !== undefined).join(' '), 'dim'),
          flow.back.packets === 0 && span(' no answer seen', 'warn'),
          trouble.length > 0 && span(`  ${trouble.join(', ')}`, 'warn'),
        ),
      ],
    };
  });

export const talkerItems = (talkers: readonly Talker[], naming: Naming): readonly Item[] =>
  talkers.map((talker) => ({
    id: `talker ${talker.address}`,
    faulty: false,
    copy: talker.address,
    keywords: talker.address,
    cells: [
      line(
        span(sizeText(talker.sent.bytes).padStart(8)),
        span(sizeText(talker.received.bytes).padStart(9)),
        span(`${talker.sent.packets + talker.received.packets}`.padStart(9), 'dim'),
        span(rateText(talker.rate).padStart(9), 'accent'),
        span(`${talker.flows}`.padStart(6), 'dim'),
        '  ',
        hostText(talker.address, naming),
      ),
    ],
  }));

const basisText = { model: 'the model says', passes: 'the model says it passes', observed: 'seen' } as const;

export const lossItems = (losses: readonly LossGroup[], { glyphs, state }: ViewContext): readonly Item[] =>
  losses.flatMap((loss, at) => [
    ...wrapWords(loss.sentence, state.columns - 6).map((part, row) => ({
      id: `loss ${at} ${row}`,
      faulty: true,
      ...(row > 0 ? { selectable: false as const } : {}),
      depth: 0,
      copy: loss.sentence,
      ...(row === 0 && loss.rows[0] !== undefined
        ? { ref: { kind: 'packet', id: String(loss.rows[0]) } as const }
        : {}),
      cells: [line(row === 0 ? span(glyphs.down, 'bad') : ' ', ' ', span(part, 'strong'))],
    })),
    ...loss.candidates.flatMap((candidate, n) =>
      wrapWords(`${basisText[candidate.basis]}: ${candidate.text}`, state.columns - 8).map((part, row) => ({
        id: `loss ${at} why ${n} ${row}`,
        faulty: false,
        selectable: false as const,
        depth: 1,
        cells: [line('    ', span(part, candidate.basis === 'passes' ? 'doubt' : 'plain'))],
      })),
    ),
  ]);
