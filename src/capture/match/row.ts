/** A packet while it is being matched: what the rows shown are made of. */
import type { CapturedPacket } from '../../host/capture/capture-order.ts';
import { nameOfProtocol } from '../decode/protocol-names.ts';
import type { Headers } from '../decode/read-headers.ts';
import type { FlowRef } from './flow-index.ts';
import type { Path } from './path-model.ts';
import type { MatchedRow, RowState, SeenTuple, Sighting, SightingChange } from './sighting.ts';

/** One packet at one point, while more of it may still come. */
export interface Seen {
  readonly point: number;
  /** Nanoseconds from the matcher's zero. */
  readonly time: number;
  readonly headers: Headers;
  readonly packet: CapturedPacket;
  pieces: number;
  /** Bytes of the row's payload seen here. */
  covered: number;
  readonly how: 'whole' | 'split' | 'merged' | 'fragmented';
}

export interface Row {
  readonly id: number;
  readonly key: number;
  readonly flow: FlowRef;
  /** In order of time. */
  readonly seen: Seen[];
  /** Payload bytes, of IP where it may be fragmented and of TCP otherwise. */
  readonly span: number;
  bytes: number;
  path: Path | undefined;
  state: RowState;
  refusedBy: MatchedRow['refusedBy'];
  notes: MatchedRow['notes'];
  /** Shown last; undefined since something changed. */
  view: MatchedRow | undefined;
}

export const firstSeen = (row: Row): Seen => row.seen[0]!;
export const lastSeen = (row: Row): Seen => row.seen.at(-1)!;

export const tupleOf = ({ src, dst, proto, family, sport, dport, etherType }: Headers): SeenTuple => ({
  src,
  dst,
  proto:
    family === 0
      ? etherType === 0x0806
        ? 'arp'
        : `0x${etherType.toString(16).padStart(4, '0')}`
      : nameOfProtocol(proto),
  ...(sport >= 0 && { sport }),
  ...(dport >= 0 && { dport }),
});

const changesBetween = (before: Seen, now: Seen): readonly SightingChange[] => {
  const a = before.headers;
  const b = now.headers;
  // Later fragments have no ports; an ICMP echo's id is one, and source NAT's to choose.
  const ports = a.transport >= 0 && b.transport >= 0;
  return [
    ...(a.dst !== b.dst || (ports && a.dport !== b.dport && a.icmpType < 0) ? (['dnat'] as const) : []),
    ...(a.src !== b.src || (ports && a.sport !== b.sport) ? (['snat'] as const) : []),
    ...(a.ttl !== b.ttl ? (['ttl'] as const) : []),
    ...(a.inside !== b.inside && b.inside !== '' ? (['encapsulated'] as const) : []),
    ...(now.how === 'whole'
      ? a.length !== b.length && before.how === 'whole'
        ? (['length'] as const)
        : []
      : [now.how]),
  ];
};

const sightingOf = (row: Row, seen: Seen, before: Seen | undefined): Sighting => ({
  point: seen.point,
  at: seen.packet.at,
  delay: seen.packet.at - firstSeen(row).packet.at,
  tuple: tupleOf(seen.headers),
  ...(seen.headers.ttl >= 0 && { ttl: seen.headers.ttl }),
  changes: before === undefined ? [] : changesBetween(before, seen),
  ...(seen.headers.inside !== '' && { inside: seen.headers.inside }),
  pieces: seen.pieces,
  ...(seen.covered < row.span && { partial: { seen: seen.covered, of: row.span } }),
  packet: seen.packet,
});

export const viewOf = (row: Row): MatchedRow => {
  row.view ??= {
    id: row.id,
    at: firstSeen(row).packet.at,
    sightings: row.seen.map((seen, n) => sightingOf(row, seen, row.seen[n - 1])),
    state: row.state,
    ...(row.path !== undefined && { direction: row.path.direction }),
    flow: row.flow.flow.id,
    side: row.flow.side,
    ...(row.notes !== undefined && { notes: row.notes }),
    ...(row.refusedBy !== undefined && { refusedBy: row.refusedBy }),
  };
  return row.view;
};

/** Keeps the order of time; taps tell theirs in batches, so a later call may bring an earlier sighting. */
export const addSeen = (row: Row, seen: Seen): void => {
  let at = row.seen.length;
  while (at > 0 && row.seen[at - 1]!.time > seen.time) at--;
  row.seen.splice(at, 0, seen);
  row.bytes += seen.packet.bytes.byteLength;
  row.view = undefined;
};
