/** Says of a packet that went no further where that was, and what may be to blame: seen in the capture, or known from the model. */
import type { Step } from '../../trace/trace.ts';
import type { SeenPoint } from '../capture-point.ts';
import type { NeighbourWatch } from './neighbour-watch.ts';
import type { Path, PlacedStep, Stop } from './path-model.ts';
import { firstSeen, lastSeen, type Row } from './row.ts';
import type { Loss, LossCandidate } from './sighting.ts';

export interface LossContext {
  /** As they are now: those of a file come one after the other. */
  points(): readonly SeenPoint[];
  readonly neighbours: NeighbourWatch;
  /** Nanoseconds after its last sighting that were waited. */
  readonly wait: number;
}

/** The stretch on which it was lost. */
export interface Stretch {
  readonly after: number;
  readonly before: number | undefined;
  /** With a model: the stops themselves. */
  readonly from?: Stop;
  readonly to?: Stop;
}

/** Kinds of steps that can be to blame, likeliest first: a filter, the neighbour, the bridge, a size, the route. */
const blamed: readonly Step['kind'][] = [
  'rule',
  'policy',
  'neighbour',
  'bridge',
  'mtu',
  'sysctl',
  'conntrack',
  'nat',
  'route',
  'tunnel',
  'veth',
  'lower-link',
  'socket',
];

const candidatesShown = 6;

const fromStep = ({ step, at }: PlacedStep, path: Path, basis: LossCandidate['basis']): LossCandidate => ({
  basis,
  text: step.text,
  at,
  step,
  direction: path.direction,
});

const ofModel = (path: Path | undefined, { from, to }: Stretch): readonly LossCandidate[] => {
  if (path === undefined || from === undefined) return [];
  const end = to?.after ?? path.steps.length;
  const decided = path.decidedBy;
  const between = path.steps.slice(from.after, end);
  const deciding = decided !== undefined && decided >= from.after && decided < end ? path.steps[decided] : undefined;
  const others = between
    .filter((placed) => placed !== deciding && blamed.includes(placed.step.kind))
    .toSorted((a, b) => rank(a.step) - rank(b.step));
  return [
    ...(deciding === undefined ? [] : [fromStep(deciding, path, 'model')]),
    ...others.map((placed) => fromStep(placed, path, 'passes')),
  ];
};

/** What the model is unsure of comes before what it is sure of. */
const rank = (step: Step): number => (step.verdict === 'unknown' ? -1 : blamed.indexOf(step.kind));

const observed = (text: string): LossCandidate => ({ basis: 'observed', text });

/** Size of the largest packet of its flow and direction that went on from this point. */
const largestPassed = (row: Row, { after }: Stretch): number | undefined =>
  (row.path?.passed ?? row.flow.flow.sides[row.flow.side].passed).get(after);

const bySize = (row: Row, stretch: Stretch): readonly LossCandidate[] => {
  const { length } = lastSeen(row).headers;
  const passed = largestPassed(row, stretch);
  // Below the least MTU of IPv4 in use a size is no reason.
  if (passed === undefined || passed >= length || length < 576 || row.refusedBy !== undefined) return [];
  return [
    observed(
      `packets of up to ${passed} bytes went on from here, this one has ${length}: larger than a link further on takes (MTU), it seems, and no error came back`,
    ),
  ];
};

const byNeighbour = (row: Row, stretch: Stretch, context: LossContext): readonly LossCandidate[] =>
  [stretch.after, stretch.before]
    .filter((point) => point !== undefined)
    .flatMap((point) =>
      context.neighbours
        .unanswered(point, firstSeen(row).time - context.wait, lastSeen(row).time + 4 * context.wait)
        // Where others of its flow went on the next hop is known: another address that nobody has is not its.
        .filter(({ address }) => largestPassed(row, stretch) === undefined || address === lastSeen(row).headers.dst)
        .map(({ address, times }) =>
          observed(`nobody answers who has ${address} on ${nameOf(context, point)} (asked ${times}×)`),
        ),
    );

const nameOf = (context: LossContext, point: number): string => context.points()[point]?.name ?? `point ${point}`;

const partText = (row: Row, stretch: Stretch): string => {
  const there = row.seen.findLast((seen) => seen.point === stretch.before);
  return there !== undefined && there.covered < row.span
    ? ` whole, only ${there.covered} of its ${row.span} bytes`
    : '';
};

export const explainLoss = (row: Row, stretch: Stretch, context: LossContext): Loss => {
  const candidates = [
    ...(row.refusedBy === undefined ? [] : [observed(`refused: ${row.refusedBy.text}`)]),
    ...ofModel(row.path, stretch).filter(({ basis }) => basis === 'model'),
    ...byNeighbour(row, stretch, context),
    ...bySize(row, stretch),
    ...ofModel(row.path, stretch).filter(({ basis }) => basis === 'passes'),
  ].slice(0, candidatesShown);
  const [first] = candidates;
  const because =
    first === undefined
      ? ''
      : first.basis === 'passes'
        ? '; the model lets it pass there'
        : `: ${first.at === undefined ? '' : `${first.at}: `}${first.text}`;
  const missing =
    stretch.before === undefined ? '' : `, not seen at ${nameOf(context, stretch.before)}${partText(row, stretch)}`;
  return {
    after: stretch.after,
    ...(stretch.before !== undefined && { before: stretch.before }),
    candidates,
    sentence: `last seen at ${nameOf(context, stretch.after)}${missing}${because}`,
  };
};
