/** Puts decoding, matching, flows and filters together for one capture. */
import type { AnalysisOptions, CaptureAnalysis } from './analysis.ts';
import type { SeenPoint } from './capture-point.ts';
import type { CaptureNews } from './capture-question.ts';
import { decodePacket } from './decode/decode-packet.ts';
import type { DecodedPacket, PacketSummary } from './decode/layers.ts';
import { readHeaders } from './decode/read-headers.ts';
import { summarizePacket } from './decode/summarize-packet.ts';
import { createSubjects } from './filter/create-subjects.ts';
import { parseFilter } from './filter/parse-filter.ts';
import { summaryText } from './filter/summary-text.ts';
import { createFlowTable } from './flows/create-flow-table.ts';
import { createMatcher } from './match/create-matcher.ts';
import type { MatchedRow, Sighting } from './match/sighting.ts';
import { sumSightings } from './match/sum-sightings.ts';
import { summarizeLosses } from './match/summarize-losses.ts';

/** `points`: those known at the start; a file's come with its news. */
export const createAnalysis = (initial: readonly SeenPoint[], options: AnalysisOptions = {}): CaptureAnalysis => {
  let points = initial;
  const linkTypes: number[] = [];
  const { trace, nameOf: givenName, ...limits } = options;
  const nameOf = givenName ?? (() => undefined);
  const flows = createFlowTable();
  const matcher = createMatcher(initial, {
    ...limits,
    ...(trace !== undefined && { trace }),
    annotate: ({ headers, packet, linkType, flow }) =>
      flows.add({ headers, bytes: packet.bytes, linkType, length: packet.length, at: packet.at, flow }),
  });
  const summaries = new WeakMap<MatchedRow, PacketSummary>();

  const decode = ({ packet, point }: Sighting): DecodedPacket =>
    decodePacket(packet.bytes, linkTypes[point] ?? 1, packet.length);

  const describe = (row: MatchedRow): PacketSummary => {
    const known = summaries.get(row);
    if (known !== undefined) return known;
    const { layers, cut } = decode(row.sightings[0]!);
    const made = summarizePacket(layers, {
      ...(cut !== undefined && { cut }),
      ...(row.notes?.tcpBase !== undefined && { tcpBase: row.notes.tcpBase }),
      ...(row.notes !== undefined && { marks: row.notes.marks }),
    });
    summaries.set(row, made);
    return made;
  };

  const feed = (news: CaptureNews, now?: bigint): void => {
    if (news.kind === 'packets') {
      matcher.add(news.packets);
      return;
    }
    points = news.state.points.map(({ point }) => point);
    for (const [n, { linkType }] of news.state.points.entries()) if (linkType !== undefined) linkTypes[n] = linkType;
    matcher.tellPoints(news.state.points, now);
  };

  return {
    feed,
    settle: matcher.settle,
    rows: matcher.rows,
    forgotten: matcher.forgotten,
    describe,
    text: (row, names) => summaryText(describe(row), names ? nameOf : () => undefined),
    decode,
    nameOf,
    filter: (text, { names } = { names: true }) => {
      const test = parseFilter(text);
      if (typeof test !== 'function') return test;
      const subjectOf = createSubjects({
        points: () => points,
        describe,
        decode,
        headers: ({ packet, point }) => readHeaders(packet.bytes, linkTypes[point] ?? 1, packet.length),
        nameOf,
        names,
      });
      return (row) => test(subjectOf(row));
    },
    flows: flows.flows,
    talkers: flows.talkers,
    losses: () => summarizeLosses(matcher.rows(), points, matcher.waitedFor),
    sightings: () => sumSightings(matcher.rows()),
  };
};
