/** A capture as a document: points, connections with their sightings, and where packets vanished. */
import type { CaptureAnalysis } from '../../capture/analysis.ts';
import type { CaptureState, PointState } from '../../capture/capture-question.ts';
import type { FlowEnd, FlowEntry } from '../../capture/flows/flow-entry.ts';
import type { LossGroup } from '../../capture/match/loss-group.ts';
import type { FlowSighting } from '../../capture/match/sum-sightings.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Trace } from '../../trace/trace.ts';
import { gapEntry, makeHead } from '../document.ts';
import { containerRef, netnsRef, optional } from '../refs.ts';
import type { CaptureFlow, CapturePointEntry, FlowLoss, FlowSightingEntry } from '../schemas/capture-schema.ts';
import { stepOf } from '../trace/trace-document.ts';

export interface CaptureReport {
  readonly state: CaptureState;
  readonly analysis: CaptureAnalysis;
  /** Nanoseconds since 1970: when the rates are asked for. */
  readonly now: bigint;
  /** The path the points were chosen from. */
  readonly trace?: Trace;
}

/** ISO 8601 with nine digits. */
export const isoNanoseconds = (at: bigint): string => {
  const fraction = String(at % 1_000_000_000n).padStart(9, '0');
  return `${new Date(Number(at / 1_000_000n)).toISOString().slice(0, 19)}.${fraction}Z`;
};

const pointEntry = (graph: Graph, { point, packets, counts, gap, reader, clock }: PointState): CapturePointEntry => {
  const link = point.link === undefined ? undefined : graph.links.get(point.link);
  const container = point.container === undefined ? undefined : graph.containers.get(point.container);
  return {
    name: point.name,
    ...(link === undefined ? {} : { netns: netnsRef(graph, link.netns), ifname: link.facts.ifname }),
    ...(container === undefined ? {} : { container: containerRef(container) }),
    ...optional('reader', reader),
    ...optional('clock', clock),
    packets,
    ...(counts === undefined ? {} : { received: counts.received, dropped: counts.dropped }),
    ...(gap === undefined ? {} : { gap: gapEntry(graph, gap) }),
  };
};

const wayOf = (side: 0 | 1): 'forward' | 'back' => (side === 0 ? 'forward' : 'back');

/** Sightings and losses count sides from the first packet seen; the entry may know better who asked. */
const sideOf = (entry: FlowEntry, sightings: readonly FlowSighting[], side: 0 | 1): 'forward' | 'back' => {
  const first = sightings.find((one) => one.side === 0)?.tuple;
  const isTurned = first !== undefined && first.src !== entry.from.address && first.src === entry.to.address;
  return wayOf(isTurned ? (side === 0 ? 1 : 0) : side);
};

export const captureDocument = (graph: Graph, { state, analysis, now, trace }: CaptureReport) => {
  const names = state.points.map(({ point }) => point.name);
  const nameAt = (point: number): string => names[point] ?? `point ${point}`;
  const sightings = Map.groupBy(analysis.sightings(), ({ flow }) => flow);
  const losses = Map.groupBy(analysis.losses(), ({ flow }) => flow);

  const endOf = ({ address, port }: FlowEnd) => ({
    address,
    ...optional('port', port),
    ...optional('name', analysis.nameOf(address)),
  });
  const sightingEntry = (one: FlowSighting, direction: 'forward' | 'back'): FlowSightingEntry => ({
    point: nameAt(one.point),
    direction,
    packets: one.packets,
    as: one.tuple,
    ...optional('inside', one.inside),
    medianDelayUs: one.medianDelayUs,
  });
  const lossEntry = (one: LossGroup, direction: 'forward' | 'back'): FlowLoss => ({
    kind: one.kind,
    direction,
    after: nameAt(one.after),
    ...(one.before === undefined ? {} : { before: nameAt(one.before) }),
    packets: one.count,
    of: one.of,
    sentence: one.sentence,
    candidates: one.candidates.map(({ basis, text, at, step }) => ({
      basis,
      text,
      ...optional('at', at),
      ...(step === undefined ? {} : { step: stepOf(step) }),
    })),
  });
  const flowEntry = (entry: FlowEntry): CaptureFlow => {
    const seen = sightings.get(entry.id) ?? [];
    const lost = losses.get(entry.id) ?? [];
    const most = lost.find(({ kind }) => kind === 'lost');
    return {
      id: entry.id,
      proto: entry.proto,
      from: endOf(entry.from),
      to: endOf(entry.to),
      forward: entry.forward,
      back: entry.back,
      firstAt: isoNanoseconds(entry.first),
      lastAt: isoNanoseconds(entry.last),
      ...optional('state', entry.state),
      ...optional('handshakeMs', entry.handshakeMs),
      ...optional('label', entry.label),
      sightings: seen.map((one) => sightingEntry(one, sideOf(entry, seen, one.side))),
      ...(most === undefined ? {} : { lostAfter: nameAt(most.after) }),
      losses: lost.map((one) => lossEntry(one, sideOf(entry, seen, one.side))),
    };
  };
  return {
    ...makeHead('capture', graph, [
      ...graph.gaps,
      ...state.points.flatMap(({ gap }) => (gap === undefined ? [] : [gap])),
    ]),
    points: state.points.map((point) => pointEntry(graph, point)),
    ...optional('file', state.file),
    packets: state.packets,
    ...optional('end', state.end),
    ...(trace === undefined ? {} : { path: { from: trace.from, to: trace.to, explanation: trace.explanation } }),
    flows: analysis.flows(now).map(flowEntry),
    forgotten: analysis.forgotten(),
  };
};
