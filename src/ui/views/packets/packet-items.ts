/** Packets as rows: time, a mark for each point, the packet in words, what became of it. */
import type { CaptureAnalysis } from '../../../capture/analysis.ts';
import type { MatchedRow, Sighting } from '../../../capture/match/sighting.ts';
import { line, type Span, span, type Tone } from '../../format/line.ts';
import type { Glyphs } from '../../format/theme.ts';
import type { Item } from '../item.ts';

export interface RowContext {
  readonly analysis: CaptureAnalysis;
  readonly points: number;
  readonly names: boolean;
  readonly glyphs: Glyphs;
}

/** Time of day to the microsecond, UTC as every time here. */
export const clockOf = (at: bigint): string => {
  const micros = String((at / 1000n) % 1_000_000n).padStart(6, '0');
  return `${new Date(Number(at / 1_000_000n)).toISOString().slice(11, 19)}.${micros}`;
};

const isNat = ({ changes }: Sighting): boolean => changes.includes('dnat') || changes.includes('snat');

/** One cell a point: seen, seen changed by NAT, missed here, not seen. */
const marksOf = (row: MatchedRow, { points, glyphs }: RowContext): readonly Span[] =>
  Array.from({ length: points }, (_, point) => {
    const sighting = row.sightings.find((one) => one.point === point);
    if (sighting !== undefined) return isNat(sighting) ? span('*', 'accent') : span(glyphs.up, 'good');
    return row.state.kind === 'lost' && row.state.loss.before === point
      ? span(glyphs.down, 'bad')
      : span(glyphs.dot, 'dim');
  });

const toneOf = (row: MatchedRow): Tone => {
  if (row.state.kind === 'lost' || row.refusedBy !== undefined) return 'bad';
  return (row.notes?.marks ?? []).length > 0 ? 'warn' : 'plain';
};

const endOf = ({ state, refusedBy }: MatchedRow): Span | undefined => {
  if (state.kind === 'lost') return span(`  lost: ${state.loss.sentence}`, 'bad');
  if (refusedBy !== undefined) return span(`  refused: ${refusedBy.text}`, 'bad');
  return state.kind === 'unknown' ? span(`  ? ${state.why}`, 'doubt') : undefined;
};

/** Rows are replaced when they change: what was made of one holds as long as it is there. */
const made = new WeakMap<MatchedRow, { readonly key: string; readonly item: Item }>();

export const packetItem = (row: MatchedRow, context: RowContext): Item => {
  const key = `${context.names} ${context.points} ${context.glyphs.up}`;
  const known = made.get(row);
  if (known?.key === key) return known.item;
  const text = context.analysis.text(row, context.names);
  const item: Item = {
    id: `packet ${row.id}`,
    ref: { kind: 'packet', id: String(row.id) },
    faulty: toneOf(row) !== 'plain',
    copy: text,
    cells: [
      line(span(clockOf(row.at), 'dim'), ' ', ...marksOf(row, context), ' ', span(text, toneOf(row)), endOf(row)),
    ],
  };
  made.set(row, { key, item });
  return item;
};
