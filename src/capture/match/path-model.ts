/** A trace as the capture sees it: for each direction the stops at which a packet can be seen, and the steps between them. */
import type { NetnsId } from '../../model/ids.ts';
import type { Packet } from '../../model/packet.ts';
import type { Direction, Hop, Step, Trace } from '../../trace/trace.ts';
import type { CapturePoint, SeenPoint } from '../capture-point.ts';
import type { PathDirection } from './sighting.ts';

export interface PlacedStep {
  readonly step: Step;
  readonly at: string;
}

/** A link that a packet passes, seen from the packet socket on it. */
export interface Stop {
  readonly point: number;
  /** How many steps were taken before it is seen there. */
  readonly after: number;
  /** As it is seen there. */
  readonly packet: Packet;
}

export interface Path {
  readonly direction: PathDirection;
  /** Watched stops only, in order. */
  readonly stops: readonly Stop[];
  readonly steps: readonly PlacedStep[];
  /** Longest IP packet that went on from a point, by point, as the capture has it. */
  readonly passed: Map<number, number>;
  /** Position in `steps`; absent when the model sees it arrive. */
  readonly decidedBy?: number;
}

type Find = (netns: NetnsId, ifname: string | undefined) => number;

/** Where the link's own transmit is a step of its own: packet sockets see the packet just before it. */
const leaving = new Set<Step['kind']>(['veth', 'wire', 'lower-link', 'tunnel', 'mtu']);

/** Walks the steps of one direction and notes at which of them a watched link is passed. */
const walk = (direction: Direction, find: Find, pointOfLink: (link: string | undefined) => number) => {
  const stops: Stop[] = [];
  const steps: PlacedStep[] = [];
  const stop = (point: number, after: number, packet: Packet): void => {
    if (point >= 0 && stops.at(-1)?.point !== point) stops.push({ point, after, packet });
  };
  let netns: NetnsId | undefined;
  let crossed = true;
  /** True from the first routing decision of a netns on: what follows is on its way out. */
  let routed = false;
  let before: Packet | undefined;
  const enter = (hop: Hop, step: Step): void => {
    const { physin, in: incoming } = step.packet;
    // A step may already show the packet changed; what came in is what the step before it left.
    if (step.kind !== 'origin') stop(find(hop.netns, physin ?? incoming), steps.length, before ?? step.packet);
    else if (step.link !== undefined) stop(pointOfLink(step.link), steps.length, step.packet);
    routed = step.kind === 'origin' && step.link === undefined;
  };
  for (const hop of direction.hops)
    for (const step of hop.steps) {
      if (crossed || hop.netns !== netns) enter(hop, step);
      netns = hop.netns;
      crossed = step.kind === 'veth' || step.kind === 'wire';
      const { in: incoming, out } = step.packet;
      if (step.kind === 'route' || step.kind === 'socket') routed = true;
      const onBridge = step.kind === 'bridge' && hop.at === (routed ? out : incoming);
      if (routed && (onBridge || leaving.has(step.kind)))
        stop(find(hop.netns, out), steps.length, before ?? step.packet);
      if (leaving.has(step.kind)) stop(pointOfLink(step.link), steps.length, before ?? step.packet);
      steps.push({ step, at: hop.at });
      // Taken up by the bridge's own link.
      if (onBridge && !routed && step.link !== undefined && pointOfLink(step.link) === find(hop.netns, incoming))
        stop(find(hop.netns, incoming), steps.length, step.packet);
      before = step.packet;
    }
  return { stops, steps, netns, routed, last: before };
};

/** The userland proxy takes the packet and opens a connection of its own: what follows in the trace is another packet's path. */
const ownLeg = (direction: Direction): Direction => {
  const takes = (step: Step): boolean => step.kind === 'socket' && step.verdict === 'pass';
  const at = direction.hops.findIndex((hop) => hop.steps.some(takes));
  const hop = direction.hops[at];
  if (hop === undefined) return direction;
  const steps = hop.steps.slice(0, hop.steps.findIndex(takes) + 1);
  return { outcome: 'delivered', hops: [...direction.hops.slice(0, at), { ...hop, steps }] };
};

/** The deciding step, counted through all hops. */
const decidedAt = ({ hops, decidedBy }: Direction): number | undefined =>
  decidedBy === undefined
    ? undefined
    : hops.slice(0, decidedBy.hop).reduce((sum, hop) => sum + hop.steps.length, 0) + decidedBy.step;

const buildPath = (
  name: PathDirection,
  direction: Direction,
  find: Find,
  pointOfLink: (link: string | undefined) => number,
): Path => {
  const { stops, steps, netns, routed, last } = walk(direction, find, pointOfLink);
  // Where the model sees it end, the link it was to leave by is the next that could show it.
  if (direction.outcome !== 'delivered' && last !== undefined && netns !== undefined)
    for (const ifname of routed ? [last.out, last.physout] : [last.physout]) {
      const point = find(netns, ifname);
      if (point >= 0 && !stops.some((one) => one.point === point))
        stops.push({ point, after: steps.length, packet: last });
    }
  const decidedBy = decidedAt(direction);
  return { direction: name, stops, steps, passed: new Map(), ...(decidedBy !== undefined && { decidedBy }) };
};

/** Points of a file know their link at best; their names end in the link's. */
export type MatchPoint = SeenPoint & Partial<Pick<CapturePoint, 'tap'>>;

const isLink = ({ tap, link, name }: MatchPoint, netns: NetnsId, ifname: string): boolean =>
  tap === undefined
    ? link?.startsWith(`${netns}#`) === true && name.slice(name.lastIndexOf('/') + 1) === ifname
    : tap.netns === netns && tap.ifname === ifname;

export const buildPaths = (points: readonly MatchPoint[], trace: Trace | undefined): readonly Path[] => {
  if (trace === undefined) return [];
  const find: Find = (netns, ifname) =>
    ifname === undefined ? -1 : points.findIndex((point) => isLink(point, netns, ifname));
  const pointOfLink = (link: string | undefined): number =>
    link === undefined ? -1 : points.findIndex((point) => point.link === link);
  const { request, reply } = trace;
  return [
    buildPath('request', ownLeg(request), find, pointOfLink),
    ...(reply === undefined ? [] : [buildPath('reply', reply, find, pointOfLink)]),
  ];
};
