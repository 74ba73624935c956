/** Recognises each packet at every point it passes, and tells where it stopped; in bounded memory, while the capture runs. */
import type { CapturedPacket } from '../../host/capture/capture-order.ts';
import type { Trace } from '../../trace/trace.ts';
import { protocols } from '../decode/ip-payload.ts';
import { type Headers, readHeaders, tcpFlags } from '../decode/read-headers.ts';
import { decideState, type Moment } from './decide-state.ts';
import { type Arrival, findRow } from './find-row.ts';
import { fingerprint, fragmentKey } from './fingerprint.ts';
import { createFlowIndex } from './flow-index.ts';
import { ipPayload, joinFragments, joinSegments, sequenceGap, spanOf } from './join-pieces.ts';
import { createNeighbourWatch } from './neighbour-watch.ts';
import { noteRefusal } from './note-refusal.ts';
import { buildPaths, type MatchPoint } from './path-model.ts';
import { addSeen, type Row, type Seen, viewOf } from './row.ts';
import { createRowStore } from './row-store.ts';
import type { MatchedRow, Matcher, MatcherOptions } from './sighting.ts';
import { createStateTeller } from './state-teller.ts';
import { matchesStop } from './stop-match.ts';
import { createTapWatch } from './tap-watch.ts';

const second = 1_000_000_000;

/** Segments remembered of one direction of a connection. */
const segmentsKept = 1024;

/** Non-TCP packets shorter than this are not cut on any link that carries IPv4 today. */
const fragmentable = 400;

export const createMatcher = (
  initialPoints: readonly MatchPoint[],
  { trace, ...options }: MatcherOptions & { readonly trace?: Trace } = {},
): Matcher => {
  const wait = Number(options.wait ?? BigInt(second));
  const window = Number(options.window ?? BigInt(3 * second));
  const hold = Number(options.hold ?? 0n);
  let points = initialPoints;
  let paths = buildPaths(points, trace);
  const taps = createTapWatch();
  const tellStates = createStateTeller();
  const flows = createFlowIndex();
  const neighbours = createNeighbourWatch();
  const store = createRowStore(options.rowLimit ?? 20_000, options.byteLimit ?? 32 * 2 ** 20);
  const judge = { points: () => points, taps, neighbours, wait };
  let pending: CapturedPacket[] = [];
  let open = new Set<Row>();
  let zero: bigint | undefined;
  /** Latest moment known of, by packets or by the caller. */
  let latest = Number.NEGATIVE_INFINITY;
  let toldAt = latest;
  let longestDelay = 0;
  let lastAdded: bigint | undefined;
  let lastId = 0;

  const timeOf = (at: bigint): number => {
    zero ??= at;
    return Number(at - zero);
  };

  /** Of what is told; where the caller says no time, as far as packets have come. */
  const momentOf = (now: bigint | undefined): number => {
    const time =
      now !== undefined ? timeOf(now) : lastAdded === undefined ? latest : Math.max(latest, timeOf(lastAdded));
    toldAt = Math.max(toldAt, time);
    return time;
  };

  const learn = (row: Row, now: Arrival): void => {
    if (now.headers.family === 0) return;
    if (now.flow?.flow !== row.flow.flow) flows.join(now.headers, now.packet.bytes, row.flow);
    const side = row.flow.flow.sides[row.flow.side];
    const before = row.seen.at(-2);
    if (before !== undefined && before.point !== now.point) {
      const passed = row.path?.passed ?? side.passed;
      passed.set(before.point, Math.max(passed.get(before.point) ?? 0, now.headers.length));
      longestDelay = Math.max(longestDelay, now.time - before.time);
    }
    if (row.seen.length > side.path.length) side.path = [...new Set(row.seen.map(({ point }) => point))];
  };

  /** What follows from a row having been seen somewhere. */
  const update = (row: Row, now: Arrival): void => {
    row.path ??= paths.find(({ stops }) =>
      stops.some((stop) => stop.point === now.point && matchesStop(stop.packet, now.headers)),
    );
    reopen(row);
  };

  const reopen = (row: Row): void => {
    row.state = { kind: 'travelling' };
    row.view = undefined;
    store.touch(row);
    open.add(row);
  };

  const begin = (key: number, now: Arrival): Row => {
    const { headers, packet } = now;
    const span = spanOf(headers);
    const seen: Seen = { ...now, pieces: 1, covered: span, how: 'whole' };
    const flow = now.flow ?? flows.find(headers, packet.bytes);
    const row: Row = {
      id: ++lastId,
      key,
      flow,
      seen: [],
      span,
      bytes: 0,
      path: undefined,
      state: { kind: 'travelling' },
      refusedBy: undefined,
      notes: undefined,
      view: undefined,
    };
    addSeen(row, seen);
    store.add(row, isFragmentable(headers) ? fragmentKey(headers) : undefined);
    const side = flow.flow.sides[flow.side];
    if (side.path.length === 0 && headers.family !== 0) side.path = [now.point];
    if (headers.proto !== protocols.tcp || headers.transport < 0) return row;
    if ((headers.flags & tcpFlags.SYN) !== 0) side.lastSyn = row;
    if (headers.payloadLength > 0) {
      const end = (headers.seq + headers.payloadLength) >>> 0;
      if (side.highest < 0 || sequenceGap(end, side.highest) > 0) side.highest = end;
      side.segments.push(row);
      if (side.segments.length > segmentsKept) side.segments.splice(0, segmentsKept / 2);
    }
    return row;
  };

  const attachWhole = (row: Row, now: Arrival): void => {
    const covered = Math.min(row.span, spanOf(now.headers));
    const cut = now.headers.moreFragments && !row.seen[0]!.headers.moreFragments;
    addSeen(row, { ...now, pieces: 1, covered, how: cut ? 'fragmented' : 'whole' });
  };

  /** `known`: the row it was already recognised as. */
  const joinPieces = (now: Arrival, known: Row | undefined): readonly Row[] => {
    const { headers } = now;
    if (isFragmentable(headers)) {
      const others = store.ofFragment(fragmentKey(headers)).filter((row) => row !== known);
      return joinFragments(others, now, window);
    }
    const isData = headers.proto === protocols.tcp && headers.transport >= 0 && headers.payloadLength > 0;
    if (known !== undefined || headers.family === 0 || !isData || now.flow === undefined) return [];
    return joinSegments(now.flow.flow.sides[now.flow.side], now, window);
  };

  const place = (packet: CapturedPacket): void => {
    const linkType = taps.linkType(packet.tap);
    if (linkType === undefined) return;
    const { bytes } = packet;
    const headers = readHeaders(bytes, linkType, packet.length);
    const time = timeOf(packet.at);
    const now: Arrival = { point: packet.tap, time, headers, packet, flow: flows.peek(headers, bytes) };
    neighbours.note(packet.tap, headers, time);
    const key = fingerprint(headers, bytes);
    const known = findRow(store.ofKey(key), now, window);
    if (known !== undefined) attachWhole(known, now);
    const pieces = joinPieces(now, known);
    const rows = known === undefined ? pieces : [known, ...pieces];
    const placed = rows.length > 0 ? rows : [begin(key, now)];
    for (const row of placed) {
      learn(row, now);
      update(row, now);
    }
    const [row] = placed;
    if (rows.length > 0 || row === undefined) return;
    const flow = { id: row.flow.flow.id, side: row.flow.side };
    row.notes = options.annotate?.({ row: row.id, headers, packet, linkType, flow });
    for (const refused of noteRefusal(row, now, flows, store)) reopen(refused);
  };

  const decide = (moment: Moment): void => {
    const still = new Set<Row>();
    for (const row of open) {
      if (store.isForgotten(row)) continue;
      const state = decideState(row, moment, judge);
      if (state.kind === 'travelling') still.add(row);
      if (state.kind === row.state.kind && state.kind === 'travelling') continue;
      row.state = state;
      row.view = undefined;
      store.touch(row);
    }
    open = still;
  };

  let shown: readonly MatchedRow[] = [];
  let shownVersion = -1;
  return {
    add: (packets) => {
      for (const packet of packets) {
        pending.push(packet);
        if (lastAdded === undefined || packet.at > lastAdded) lastAdded = packet.at;
      }
    },
    tell: (event, now) => taps.tell(event, momentOf(now)),
    tellPoints: (states, now) => {
      if (states.length !== points.length) {
        points = states.map(({ point }) => point);
        paths = buildPaths(points, trace);
      }
      for (const event of tellStates(states)) taps.tell(event, momentOf(now));
    },
    settle: (now) => {
      const until = now === 'end' ? Number.POSITIVE_INFINITY : timeOf(now);
      pending.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      let placed = 0;
      for (const packet of pending) {
        if (timeOf(packet.at) > until - hold) break;
        place(packet);
        latest = Math.max(latest, timeOf(packet.at));
        placed++;
      }
      pending = placed === pending.length ? [] : pending.slice(placed);
      if (now !== 'end') latest = Math.max(latest, until - hold);
      // At the end nothing more comes: how long packets took so far tells how long one may be missing.
      const short = Math.min(wait, Math.max(second / 20, 20 * longestDelay));
      decide(
        now === 'end'
          ? { now: Math.max(latest, toldAt), patience: short, isEnd: true }
          : { now: latest, patience: wait, isEnd: false },
      );
    },
    rows: () => {
      if (shownVersion !== store.version()) {
        shown = store.rows().map(viewOf);
        shownVersion = store.version();
      }
      return shown;
    },
    waitedFor: ({ sightings: [first] }) =>
      first !== undefined && Math.max(latest, toldAt) - timeOf(first.packet.at) >= wait,
    forgotten: () => store.forgotten(),
  };
};

const isFragmentable = (headers: Headers): boolean =>
  headers.family !== 0 &&
  headers.ipId > 0 &&
  (headers.proto !== protocols.tcp || headers.transport < 0) &&
  (headers.moreFragments || headers.fragmentOffset > 0 || ipPayload(headers) > fragmentable);
