/** Measuring a path on request, within bounds: round trips, loss, the largest packet, where time is spent, throughput. */
import type { Graph } from '../graph/graph.ts';
import type { Host } from '../host/host.ts';
import type { PathMtu } from '../live/measure/find-path-mtu.ts';
import type { MeasuredWay } from '../live/measure/measured-way.ts';
import type { RoundTrips } from '../live/measure/parse-ping.ts';
import type { SegmentTime } from '../live/measure/segment-times.ts';
import type { Pinged } from '../live/measure/send-pings.ts';
import type { Throughput } from '../live/measure/throughput.ts';
import type { Gap } from '../model/gap.ts';
import type { Trace } from '../trace/trace.ts';
import type { TraceQuestion } from '../trace/trace-question.ts';
import type { Capturer } from './capturer.ts';

export interface MeasureQuestion {
  readonly from: string;
  readonly to: string;
  /** Echoes for round trips and loss. */
  readonly count: number;
  /** Seconds of throughput; 0: none is measured. */
  readonly throughputS: number;
}

export interface Measurement {
  readonly from: string;
  readonly to: string;
  readonly address: string;
  /** What the model says of the same packets. */
  readonly expected: Trace['outcome'];
  readonly sent: number;
  readonly received: number;
  readonly roundTrips?: RoundTrips;
  readonly refusal?: string;
  readonly pathMtu?: PathMtu;
  /** Between neighbouring points, slowest first; [] where packets could not be captured. */
  readonly segments: readonly SegmentTime[];
  readonly throughput?: Throughput;
  readonly gaps: readonly Gap[];
}

export interface MeasureRefusal {
  readonly error: string;
  readonly reason: Gap['reason'] | 'not-found' | 'read-only';
  readonly howToSee?: string;
}

export interface Measurer {
  /** `tell` is called with what will be sent before it is sent. */
  measure(question: MeasureQuestion, tell: (progress: string) => void): Promise<Measurement | MeasureRefusal>;
}

export interface MeasurerOptions extends Pick<Capturer, 'capture'> {
  readonly hosts: readonly Host[];
  readonly readOnly: boolean;
  graph(): Graph | undefined;
  trace(question: TraceQuestion): Trace | { readonly error: string };
}

const refuse = (reason: MeasureRefusal['reason'], error: string, howToSee?: string): MeasureRefusal => ({
  error,
  reason,
  ...(howToSee === undefined ? {} : { howToSee }),
});

const findWay = (graph: Graph, hosts: readonly Host[], trace: Trace): MeasuredWay | MeasureRefusal => {
  const [first] = trace.request.hops;
  const packet = first?.steps[0]?.packet;
  const netns = first === undefined ? undefined : graph.netns.get(first.netns);
  if (packet === undefined || netns === undefined)
    return refuse('unsupported', `${trace.from} is nowhere packets can be sent from`);
  const host = hosts.find((one) => one.id === netns.host);
  if (host?.live !== true) return refuse('unsupported', 'this is a recording: nothing can be sent there');
  if (graph.hosts.get(netns.host)?.facts.privileged === false)
    return refuse('forbidden', 'measuring enters a netns', 'run as root');
  const out = first?.steps.map(({ packet: { out } }) => out).find((name) => name !== undefined);
  const link = netns.links.map((id) => graph.links.get(id)).find((one) => one?.facts.ifname === out);
  const last = trace.request.hops.at(-1);
  const arrives = trace.request.outcome === 'delivered' || trace.request.outcome === 'no-listener';
  return {
    host,
    from: netns.id,
    packet,
    mtu: link?.facts.mtu ?? 1500,
    ...(arrives && last !== undefined ? { to: last.netns } : {}),
  };
};

/** Headers of an echo before its data. */
const overhead = { 4: 28, 6: 48 } as const;
/** What travels in a jumbo or a loopback packet is no path of a network. */
const largestTried = 9216;

/** Echoes with a capture beside them: the same packets tell how long they took where. */
const pingAlong = async (
  way: MeasuredWay,
  question: MeasureQuestion,
  trace: Trace,
  { capture }: MeasurerOptions,
): Promise<{
  readonly report: Pinged;
  readonly segments: readonly SegmentTime[];
  readonly gaps: readonly Gap[];
}> => {
  const { loadPacketTools } = await import('./packet-tools.ts');
  const { sendPings } = await import('../live/measure/send-pings.ts');
  const { segmentTimes } = await import('../live/measure/segment-times.ts');
  const { createAnalysis } = await loadPacketTools();
  const analysis = createAnalysis([], { trace });
  const icmp = way.packet.family === 6 ? 'icmp6' : 'icmp';
  const running = await capture(
    { points: [], path: { from: question.from, to: question.to }, filter: icmp, snapLength: 128 },
    (news) => analysis.feed(news),
  );
  const report = await sendPings(way, ['-c', String(question.count), '-i', '0.2', '-W', '2']);
  if ('error' in running)
    return { report, segments: [], gaps: [{ source: 'capture', reason: 'unsupported', detail: running.error }] };
  await running.stop();
  analysis.settle('end');
  const names = running.points.map(({ name }) => name);
  return { report, segments: segmentTimes(analysis.rows(), names), gaps: [] };
};

export const createMeasurer = (options: MeasurerOptions): Measurer => ({
  measure: async (question, tell) => {
    const { hosts, readOnly, graph: current, trace: traceOf } = options;
    const graph = current();
    if (graph === undefined) return refuse('missing', 'nothing has been read yet');
    const trace = traceOf({ from: question.from, to: question.to });
    if ('error' in trace) return refuse('not-found', trace.error);
    if (readOnly) return refuse('read-only', 'read-only: measuring sends packets');
    const way = findWay(graph, hosts, trace);
    if ('error' in way) return way;
    const where = graph.netns.get(way.from)?.name ?? question.from;
    tell(
      `${question.count} echoes and up to a dozen of other sizes from ${where} to ${way.packet.dst}${question.throughputS > 0 ? `, then TCP at full speed for ${question.throughputS} s` : ''}; captured along the path`,
    );
    const { report, segments, gaps } = await pingAlong(way, question, trace, options);
    if (report.exitCode === 127) return refuse('missing', 'ping is not installed', 'install iputils-ping');
    const { roundTrips } = await import('../live/measure/parse-ping.ts');
    const trips = roundTrips(report.times);
    const { family } = way.packet;
    const { sendPings } = await import('../live/measure/send-pings.ts');
    const { measureThroughput } = await import('../live/measure/measure-throughput.ts');
    const { findPathMtu } = await import('../live/measure/find-path-mtu.ts');
    const size = (bytes: number): string => String(bytes - overhead[family]);
    const pathMtu =
      report.received === 0
        ? undefined
        : await findPathMtu(family, Math.min(way.mtu, largestTried), (bytes) =>
            sendPings(way, ['-c', '1', '-W', '1', '-M', 'do', '-s', size(bytes)]),
          );
    const throughput =
      question.throughputS === 0 || report.received === 0
        ? undefined
        : await measureThroughput(way, question.throughputS);
    return {
      from: question.from,
      to: question.to,
      address: way.packet.dst,
      expected: trace.outcome,
      sent: report.sent,
      received: report.received,
      ...(trips === undefined ? {} : { roundTrips: trips }),
      ...(report.refusal === undefined ? {} : { refusal: report.refusal }),
      ...(pathMtu === undefined ? {} : { pathMtu }),
      segments,
      ...(throughput === undefined || 'source' in throughput ? {} : { throughput }),
      gaps: [...gaps, ...(throughput !== undefined && 'source' in throughput ? [throughput] : [])],
    };
  },
});
