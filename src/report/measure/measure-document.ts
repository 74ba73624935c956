/** Measured paths as a document. */
import type { Graph } from '../../graph/graph.ts';
import type { Measurement } from '../../session.ts';
import { gapEntry, makeHead } from '../document.ts';
import { optional } from '../refs.ts';
import type { MeasuredEnd } from '../schemas/measure-schema.ts';

export const lossPercent = ({ sent, received }: Pick<Measurement, 'sent' | 'received'>): number =>
  sent === 0 ? 100 : Math.round((1000 * (sent - received)) / sent) / 10;

const endOf = (graph: Graph, one: Measurement): MeasuredEnd => ({
  to: one.to,
  address: one.address,
  expected: one.expected,
  sent: one.sent,
  received: one.received,
  lossPercent: lossPercent(one),
  ...optional('roundTrip', one.roundTrips),
  ...optional('refusal', one.refusal),
  ...optional('pathMtu', one.pathMtu),
  segments: one.segments.map((segment) => ({ ...segment })),
  ...optional('throughput', one.throughput),
  gaps: one.gaps.map((gap) => gapEntry(graph, gap)),
});

export const measureDocument = (graph: Graph, from: string, ends: readonly Measurement[]) => ({
  ...makeHead('measure', graph),
  from,
  ends: ends.map((one) => endOf(graph, one)),
});
