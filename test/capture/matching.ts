/** Captures made by hand for tests of matching: points by name, packets by point and millisecond, and a path as a trace tells it. */
import type { CapturePoint } from '../../src/capture/capture-point.ts';
import { createMatcher } from '../../src/capture/match/create-matcher.ts';
import type { MatchedRow, Matcher, MatcherOptions } from '../../src/capture/match/sighting.ts';
import type { CapturedPacket } from '../../src/host/capture/capture-order.ts';
import { hostId, linkId, type NetnsId, netnsId } from '../../src/model/ids.ts';
import type { Packet } from '../../src/model/packet.ts';
import type { Direction, Hop, Outcome, Step, Trace } from '../../src/trace/trace.ts';

const host = hostId('here');
export const netns: Readonly<Record<'client' | 'router' | 'server', NetnsId>> = {
  client: netnsId(host, 4, 1),
  router: netnsId(host, 4, 2),
  server: netnsId(host, 4, 3),
};

const pointAt = (where: keyof typeof netns, ifname: string, ifindex: number): CapturePoint => ({
  link: linkId(netns[where], ifindex),
  host,
  tap: { netns: netns[where], ifindex, ifname },
  name: `${where}/${ifname}`,
  comment: '',
});

/** client eth0 ⇄ v1 router v2 ⇄ eth0 server. */
export const points: readonly CapturePoint[] = [
  pointAt('client', 'eth0', 2),
  pointAt('router', 'v1', 2),
  pointAt('router', 'v2', 3),
  pointAt('server', 'eth0', 2),
];

/** 2026-01-01, so that nothing depends on small numbers. */
export const zero = 1_767_225_600_000_000_000n;
export const moment = (ms: number): bigint => zero + BigInt(Math.round(ms * 1e6));

export const seen = (
  tap: number,
  ms: number,
  bytes: Uint8Array,
  more: Partial<CapturedPacket> = {},
): CapturedPacket => ({
  tap,
  at: moment(ms),
  length: bytes.length,
  bytes,
  ...more,
});

export const ready = (matcher: Matcher, taps: number = points.length, linkType = 1): void => {
  for (let tap = 0; tap < taps; tap++) matcher.tell({ kind: 'ready', tap, linkType, reader: 'native' });
};

/** All points watching from the start; everything settled `until` milliseconds after it. */
export const match = (
  packets: readonly CapturedPacket[],
  options: MatcherOptions & { readonly trace?: Trace } = {},
  until: number | 'end' = 5000,
): readonly MatchedRow[] => {
  const matcher = createMatcher(points, options);
  ready(matcher);
  matcher.add(packets);
  matcher.settle(until === 'end' ? 'end' : moment(until));
  return matcher.rows();
};

/** `0 1 2 3`, with what changed on the way. */
export const pathOf = (row: MatchedRow | undefined): string =>
  row?.sightings
    .map(
      ({ point, changes, pieces }) =>
        `${point}${changes.length === 0 ? '' : `(${changes})`}${pieces > 1 ? `x${pieces}` : ''}`,
    )
    .join(' ') ?? '';

const packetOf = (src: string, dst: string, dport: number | undefined, sport?: number): Packet => ({
  family: 4,
  src,
  dst,
  proto: 'tcp',
  ...(sport !== undefined && { sport }),
  ...(dport !== undefined && { dport }),
  ttl: 64,
  mark: 0,
  tos: 0,
  length: 60,
  dontFragment: true,
});

type Place = Pick<Packet, 'in' | 'out'>;

const step = (
  kind: Step['kind'],
  packet: Packet,
  text: string,
  link?: string,
  verdict: Step['verdict'] = 'pass',
): Step => ({
  kind,
  verdict,
  text,
  evidence: {},
  packet,
  ...(link !== undefined && { link: link as NonNullable<Step['link']> }),
});

export interface Way {
  readonly outcome?: Outcome;
  /** The packet on both sides of the router. */
  readonly near: readonly [src: string, dst: string, dport: number | undefined, sport?: number];
  readonly far: readonly [src: string, dst: string, dport: number | undefined, sport?: number];
  /** The router drops it, with these words. */
  readonly droppedBy?: string;
}

/** From `from` to `to` through the router. */
const directionOf = (
  way: Way,
  from: 'client' | 'server',
  to: 'client' | 'server',
  incoming: string,
  outgoing: string,
): Direction => {
  const near = packetOf(...way.near);
  const far = packetOf(...way.far);
  const on = (packet: Packet, place: Place): Packet => ({ ...packet, ...place });
  const linkOf = (where: keyof typeof netns, ifname: string): string =>
    points.find(({ name }) => name === `${where}/${ifname}`)!.link;
  const passing: Place = { in: incoming, out: outgoing };
  const hops: Hop[] = [
    {
      netns: netns[from],
      at: from,
      steps: [
        step('origin', near, 'sends'),
        step('route', near, 'default via router', linkOf(from, 'eth0')),
        step('veth', on(near, { out: 'eth0' }), `eth0 to ${incoming}`, linkOf(from, 'eth0')),
      ],
    },
    {
      netns: netns.router,
      at: 'router',
      steps: [step('route', on(near, { in: incoming }), 'to the other side', linkOf('router', outgoing))],
    },
  ];
  if (way.droppedBy !== undefined) {
    hops.push({
      netns: netns.router,
      at: 'router FORWARD',
      steps: [step('rule', on(far, passing), way.droppedBy, undefined, 'dropped')],
    });
    return { outcome: 'dropped', hops, decidedBy: { hop: 2, step: 0 } };
  }
  hops.push(
    {
      netns: netns.router,
      at: 'router FORWARD',
      steps: [step('rule', on(far, passing), 'filter FORWARD rule 1: accept')],
    },
    {
      netns: netns.router,
      at: 'router',
      steps: [
        step('neighbour', on(far, passing), `${to} is at 02:00:00:00:00:0b`, linkOf('router', outgoing)),
        step('veth', on(far, passing), `${outgoing} to eth0`, linkOf('router', outgoing)),
      ],
    },
    {
      netns: netns[to],
      at: to,
      steps: [
        step('route', on(far, { in: 'eth0' }), 'local here'),
        step('socket', on(far, { in: 'eth0' }), 'somebody listens', undefined, 'delivered'),
      ],
    },
  );
  return { outcome: way.outcome ?? 'delivered', hops };
};

export const traceOf = (request: Way, reply?: Way): Trace => {
  const there = directionOf(request, 'client', 'server', 'v1', 'v2');
  const back = reply === undefined ? undefined : directionOf(reply, 'server', 'client', 'v2', 'v1');
  return {
    from: 'client',
    to: 'server',
    outcome: back?.outcome ?? there.outcome,
    explanation: 'as told',
    request: there,
    ...(back !== undefined && { reply: back }),
    gaps: [],
  };
};
