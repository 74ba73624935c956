/** Packets as they pass, at one point or at several at once: where each was seen, how it changed, where it vanished. */
import { line, span, type Tone, wrapWords } from '../format/line.ts';
import type { PacketsState } from '../state/packets-state.ts';
import type { UiState } from '../state/ui-state.ts';
import type { Item } from './item.ts';
import { flowItems, lossItems, talkerItems } from './packets/flow-items.ts';
import { packetItem } from './packets/packet-items.ts';
import type { View, ViewContext } from './view.ts';

const text = (id: string, words: string, tone: Tone = 'plain'): Item => ({
  id: `packets text ${id}`,
  faulty: false,
  selectable: false,
  cells: [span(words, tone)],
});

const wrapped = (id: string, words: string, { state }: ViewContext, tone: Tone = 'plain'): readonly Item[] =>
  wrapWords(words, state.columns - 3).map((part, at) => text(`${id} ${at}`, part, tone));

const phaseWords = ({ capture, refused, paused }: PacketsState): readonly [string, Tone] => {
  if (refused !== undefined) return ['not captured', 'bad'];
  if (capture === undefined || capture.points.some(({ phase }) => phase === 'starting'))
    return ['starting …', 'accent'];
  if (capture.end !== undefined)
    return [capture.end.why === 'asked' || capture.end.why === 'points' ? 'ended' : `ended: ${capture.end.why}`, 'dim'];
  return paused ? ['paused', 'warn'] : ['capturing', 'good'];
};

const headTitles = {
  packets: '',
  flows: '    THERE/BACK  BYTES     RATE',
  talkers: '    SENT RECEIVED  PACKETS     RATE FLOWS',
  losses: '',
} as const;

/** What is captured where, how much, how much was missed. */
const headLine = (state: UiState) => {
  const { packets } = state;
  if (packets === undefined) return line('');
  const { capture, picture, tab } = packets;
  const dropped = (capture?.points ?? []).reduce((sum, { counts }) => sum + (counts?.dropped ?? 0), 0);
  const lost = (picture?.losses ?? []).reduce((sum, { kind, count }) => sum + (kind === 'lost' ? count : 0), 0);
  return line(
    span(...phaseWords(packets)),
    span(`  ${tab}`, 'strong'),
    `  ${capture?.packets ?? 0} packets`,
    dropped > 0 && span(`  ${dropped} missed by the reader`, 'warn'),
    (picture?.forgotten ?? 0) > 0 && span(`  ${picture?.forgotten} older ones let go`, 'dim'),
    lost > 0 && span(`  ${lost} lost on the way (v)`, 'bad'),
    span(headTitles[tab] === '' ? '' : `  ${headTitles[tab].trim()}`, 'dim'),
  );
};

const pointItems = ({ capture }: PacketsState, context: ViewContext): readonly Item[] =>
  (capture?.points ?? []).map(({ point, reader, phase, counts, gap }, at) => ({
    id: `packets point ${at}`,
    ...(point.link === undefined ? {} : { ref: { kind: 'link', id: point.link } as const }),
    faulty: gap !== undefined,
    selectable: false as const,
    cells: [
      line(
        span(`${at + 1}`.padStart(2), 'accent'),
        ' ',
        span(point.name, 'strong'),
        span(`  ${reader ?? phase}`, 'dim'),
        counts !== undefined && counts.dropped > 0 && span(`  ${counts.dropped} missed`, 'warn'),
        gap !== undefined && span(`  ${context.glyphs.unknown} ${gap.detail}`, 'doubt'),
      ),
    ],
  }));

const nothingYet = (packets: PacketsState, context: ViewContext): readonly Item[] => {
  if (packets.refused !== undefined) {
    const { error, howToSee } = packets.refused;
    return wrapped('refused', `${error}${howToSee === undefined ? '' : ` (${howToSee})`}`, context, 'warn');
  }
  return [text('none', packets.capture?.end === undefined ? 'no packet has passed yet' : 'no packet passed', 'dim')];
};

const contents = (packets: PacketsState, context: ViewContext): readonly Item[] => {
  const { picture, analysis, names, tab, capture } = packets;
  if (picture === undefined || analysis === undefined || picture.rows.length === 0) return nothingYet(packets, context);
  switch (tab) {
    case 'packets': {
      const filter = analysis.filter(context.place.filter, { names });
      const rows = typeof filter === 'function' ? picture.rows.filter(filter) : picture.rows;
      const row = { analysis, points: capture?.points.length ?? 0, names, glyphs: context.glyphs };
      return [
        ...(typeof filter === 'function' ? [] : wrapped('filter', `filter: ${filter.error}`, context, 'warn')),
        ...rows.map((one) => packetItem(one, row)),
      ];
    }
    case 'flows':
      return flowItems(picture.flows, { analysis, names }, context);
    case 'talkers':
      return talkerItems(picture.talkers, { analysis, names });
    case 'losses':
      return picture.losses.length === 0
        ? [
            (capture?.points.length ?? 0) < 2
              ? text('one point', 'one point alone cannot tell what is lost: capture along a path (8, then c)', 'dim')
              : text('no loss', 'every packet that should have been seen further was', 'dim'),
          ]
        : lossItems(picture.losses, context);
  }
};

const howTo = [
  ['c', 'on a container, link, network, rule or finding: its packets'],
  ['c', 'in a trace (8): the packets at every point of the path'],
  [':capture web db', 'the same by name; -w FILE writes them down as well'],
  [':capture FILE.pcap', 'opens a file'],
] as const;
const howWidth = 20;

export const packetsView: View = {
  id: 'packets',
  title: 'Packets',
  key: 'C',
  aliases: ['packets'],
  about:
    'Packets as they pass: one mark a point (seen, * changed by NAT, missed), what became of each, and in the detail pane its way, layers and bytes. / takes a filter: host web and tcp port 80.',
  empty: 'Nothing is captured.',
  columns: [],
  head: headLine,
  ownFilter: (state) => state.packets?.tab === 'packets',
  deps: (state: UiState) => [state.packets, state.place.filter, state.columns],
  build: (context) => {
    const { packets } = context.state;
    if (packets === undefined)
      return [
        text('how 0', 'Nothing is captured.'),
        text('space', ''),
        ...howTo.map(([key, does]) => ({
          id: `packets how ${does}`,
          faulty: false,
          selectable: false as const,
          cells: [line(span(key.padEnd(howWidth), 'key'), does)],
        })),
      ];
    return [...pointItems(packets, context), ...contents(packets, context)];
  },
};
