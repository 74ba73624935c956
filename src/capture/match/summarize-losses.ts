/** Tells many lost packets as few stories, and connections whose packets left but got no answer. */
import type { SeenPoint } from '../capture-point.ts';
import type { LossGroup } from './loss-group.ts';
import type { LossCandidate, MatchedRow, SeenTuple } from './sighting.ts';

const rowsNamed = 20;

const endText = (address: string, port: number | undefined): string =>
  port === undefined ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`;

const tupleText = ({ src, dst, sport, dport, proto }: SeenTuple): string =>
  proto.startsWith('icmp') || proto === 'arp'
    ? `${src} → ${dst} ${proto}`
    : `${endText(src, sport)} → ${endText(dst, dport)} ${proto}`;

const sideKey = ({ flow, side }: MatchedRow): string => `${flow} ${side}`;

const packets = (count: number, of: number): string =>
  of === 1 ? 'the packet' : count === of ? `all ${of} packets` : `${count} of ${of} packets`;

const lostGroup = (rows: readonly MatchedRow[], of: number): LossGroup | undefined => {
  const last = rows.at(-1);
  const tuple = last?.sightings[0]?.tuple;
  if (last?.state.kind !== 'lost' || tuple === undefined) return undefined;
  const { after, before, candidates, sentence } = last.state.loss;
  return {
    kind: 'lost',
    flow: last.flow,
    side: last.side,
    ...(last.direction !== undefined && { direction: last.direction }),
    tuple,
    after,
    ...(before !== undefined && { before }),
    count: rows.length,
    of,
    candidates,
    sentence: `${tupleText(tuple)}: ${packets(rows.length, of)} ${sentence}`,
    rows: rows.slice(0, rowsNamed).map(({ id }) => id),
  };
};

/** Routed without translation: fine where the other side knows the way back, the usual fault where it does not. */
const untranslated = (row: MatchedRow): readonly LossCandidate[] => {
  const first = row.sightings[0];
  const last = row.sightings.at(-1);
  const isRouted = first?.ttl !== undefined && last?.ttl !== undefined && last.ttl < first.ttl;
  if (!isRouted || first.tuple.src !== last.tuple.src) return [];
  const text = `it was routed with its own source address ${last.tuple.src}, not translated: who is beyond must know a way back to it`;
  return [{ basis: 'observed', text }];
};

const unansweredGroup = (rows: readonly MatchedRow[], points: readonly SeenPoint[]): LossGroup | undefined => {
  const last = rows.at(-1);
  const seen = last?.sightings.at(-1);
  const tuple = last?.sightings[0]?.tuple;
  if (last === undefined || seen === undefined || tuple === undefined || last.refusedBy !== undefined) return undefined;
  if (!rows.every(({ state }) => state.kind === 'arrived')) return undefined;
  const asIs = tupleText(seen.tuple) === tupleText(tuple) ? '' : ` as ${tupleText(seen.tuple)}`;
  const candidates = untranslated(last);
  const because = candidates[0] === undefined ? '' : `; ${candidates[0].text}`;
  return {
    kind: 'unanswered',
    flow: last.flow,
    side: last.side,
    ...(last.direction !== undefined && { direction: last.direction }),
    tuple,
    after: seen.point,
    count: rows.length,
    of: rows.length,
    candidates,
    sentence: `${tupleText(tuple)}: ${packets(rows.length, rows.length)} passed ${points[seen.point]?.name ?? `point ${seen.point}`}${asIs}, and nothing came back${because}`,
    rows: rows.slice(0, rowsNamed).map(({ id }) => id),
  };
};

/** What expects an answer: the traced request, a connection's beginning, a ping. */
const asks = ({ direction, side }: MatchedRow): boolean =>
  direction === undefined ? side === 0 : direction === 'request';

/** Of unicast IP only: nobody answers a broadcast for sure. */
const isAnswerable = (row: MatchedRow): boolean => {
  const { proto, dst } = row.sightings[0]?.tuple ?? { proto: '', dst: '' };
  return (
    ['tcp', 'udp', 'icmp', 'icmpv6', 'sctp'].includes(proto) &&
    row.sightings[0]?.tuple.sport !== undefined &&
    !/^(?:22[4-9]|23\d|255)\.|\.255$|^ff/.test(dst)
  );
};

/** Most packets first; of rows that are still kept. `waitedFor`: an answer to it has had the time to come. */
export const summarizeLosses = (
  rows: readonly MatchedRow[],
  points: readonly SeenPoint[],
  waitedFor: (row: MatchedRow) => boolean,
): readonly LossGroup[] => {
  const sides = Map.groupBy(rows, sideKey);
  const groups = [...sides.values()].flatMap((side): readonly (LossGroup | undefined)[] => {
    const lost = side.filter(({ state }) => state.kind === 'lost');
    const stretches = Map.groupBy(lost, ({ state }) =>
      state.kind === 'lost' ? `${state.loss.after} ${state.loss.before}` : '',
    );
    const [first] = side;
    const isUnanswered =
      first !== undefined &&
      lost.length === 0 &&
      asks(first) &&
      isAnswerable(first) &&
      waitedFor(first) &&
      !sides.has(`${first.flow} ${first.side === 0 ? 1 : 0}`);
    return [
      ...[...stretches.values()].map((group) => lostGroup(group, side.length)),
      ...(isUnanswered ? [unansweredGroup(side, points)] : []),
    ];
  });
  return groups.filter((group) => group !== undefined).toSorted((a, b) => b.count - a.count);
};
