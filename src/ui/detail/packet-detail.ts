/** One packet: its way from point to point, what stopped it, its layers and bytes; or one connection. */
import type { MatchedRow, Sighting } from '../../capture/match/sighting.ts';
import { line, span } from '../format/line.ts';
import { clockOf } from '../views/packets/packet-items.ts';
import { type Detail, type DetailContext, type DetailRow, row, rowTo } from './detail.ts';

const delayText = (nanoseconds: bigint): string => {
  if (nanoseconds === 0n) return '';
  const micros = Number(nanoseconds) / 1000;
  return micros < 1000 ? ` +${Math.round(micros)} us` : ` +${(micros / 1000).toFixed(2)} ms`;
};

const tupleText = ({ tuple, ttl, inside, pieces }: Sighting, arrow: string): string => {
  const end = (address: string, port: number | undefined): string =>
    `${address}${port === undefined ? '' : `:${port}`}`;
  return [
    `${end(tuple.src, tuple.sport)} ${arrow} ${end(tuple.dst, tuple.dport)}`,
    ...(ttl === undefined ? [] : [`ttl ${ttl}`]),
    ...(inside === undefined ? [] : [`in ${inside}`]),
    ...(pieces > 1 ? [`in ${pieces} pieces`] : []),
  ].join('  ');
};

const sightingRows = (packet: MatchedRow, { state, glyphs }: DetailContext): readonly DetailRow[] =>
  packet.sightings.map((sighting) => {
    const point = state.packets?.capture?.points[sighting.point]?.point;
    const changes = sighting.changes.filter((change) => change !== 'ttl');
    return rowTo(
      point?.link === undefined ? undefined : { kind: 'link', id: point.link },
      `#${sighting.point + 1}`,
      span(point?.name ?? '?', 'strong'),
      span(delayText(sighting.delay), 'dim'),
      `  ${tupleText(sighting, glyphs.arrow)}`,
      changes.length > 0 && span(`  ${changes.join(', ')}`, 'accent'),
    );
  });

const endRows = ({ state, refusedBy }: MatchedRow): readonly DetailRow[] => [
  ...(state.kind === 'lost'
    ? [
        row('lost', span(state.loss.sentence, 'bad')),
        ...state.loss.candidates.map(({ basis, text }) =>
          row(basis === 'observed' ? 'seen' : 'model', span(text, basis === 'passes' ? 'doubt' : 'plain')),
        ),
      ]
    : []),
  ...(state.kind === 'unknown' ? [row('unclear', span(state.why, 'doubt'))] : []),
  ...(refusedBy === undefined ? [] : [row('refused', span(refusedBy.text, 'bad'))]),
];

/** A whole dump of a jumbo packet is for a file. */
const mostHexLines = 40;

const layerRows = (packet: MatchedRow, { state }: DetailContext): readonly DetailRow[] => {
  const { analysis, tools } = state.packets ?? {};
  const first = packet.sightings[0];
  if (analysis === undefined || tools === undefined || first === undefined) return [];
  const lines = tools.detailLines(analysis.decode(first));
  const hex = tools.hexLines(first.packet.bytes);
  return [
    ...lines.map(({ text, depth }) => ({
      line: line('  '.repeat(depth), span(text, depth === 0 ? 'title' : 'plain')),
    })),
    ...hex.slice(0, mostHexLines).map((text) => ({ line: line(span(text, 'dim')) })),
    ...(hex.length > mostHexLines ? [{ line: line(span(`… ${hex.length - mostHexLines} more lines`, 'dim')) }] : []),
  ];
};

export const packetDetail = (id: string, context: DetailContext): Detail | undefined => {
  const { packets } = context.state;
  const packet = packets?.picture?.rows.find((one) => String(one.id) === id);
  if (packet === undefined || packets?.analysis === undefined) return undefined;
  const marks = packet.notes?.marks ?? [];
  return {
    title: line(span(packets.analysis.text(packet, packets.names), 'strong')),
    rows: [
      row('at', clockOf(packet.at), span(` UTC  ${packet.sightings[0]?.packet.length ?? 0} bytes`, 'dim')),
      ...(marks.length === 0 ? [] : [row('marked', span(marks.join(', '), 'warn'))]),
      ...endRows(packet),
      ...sightingRows(packet, context),
      ...layerRows(packet, context),
    ],
  };
};

/** Packets of one connection at each point, both ways. */
export const flowDetail = (id: string, { state }: DetailContext): Detail | undefined => {
  const { picture, analysis, capture } = state.packets ?? {};
  const flow = picture?.flows.find((one) => String(one.id) === id);
  if (flow === undefined || analysis === undefined) return undefined;
  const name = (point: number): string => capture?.points[point]?.point.name ?? `#${point + 1}`;
  const sightings = analysis.sightings().filter((one) => String(one.flow) === id);
  const losses = (picture?.losses ?? []).filter((one) => String(one.flow) === id);
  return {
    title: line(span(`${flow.proto} ${flow.from.address} ${flow.to.address}`, 'strong')),
    rows: [
      ...losses.map((loss) => row('lost', span(loss.sentence, 'bad'))),
      ...sightings.map((one) =>
        row(one.side === 0 ? 'there' : 'back', span(name(one.point), 'strong'), `  ${one.packets} packets`),
      ),
    ],
  };
};
