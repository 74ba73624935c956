/** What a command makes of a capture while it runs: lines as packets come, and an analysis for the end. */
import { captureDocument } from '../report/capture/capture-document.ts';
import { formatFlows, formatLosses, formatTalkers } from '../report/capture/format-flows.ts';
import { formatPacket } from '../report/capture/format-packet.ts';
import { formatRow, formatRowHead } from '../report/capture/format-row.ts';
import { safeText } from '../report/format-table.ts';
import type { PacketTools } from '../session/packet-tools.ts';
import type { CaptureNews, CaptureState, Graph, Trace } from '../session.ts';
import { cellWidth } from '../std/printable.ts';
import { type CommandInput, writeJson } from './command.ts';

/** matched: a line for each packet, with a mark for each point; each: a line for each packet at each point. */
export type CaptureLines = 'matched' | 'each' | 'none';

export interface CaptureFollower {
  hear(news: CaptureNews): void;
  /** The document, or what was lost on the way. */
  finish(state: CaptureState): void;
}

export interface FollowerOptions {
  readonly lines: CaptureLines;
  /** Packets come now; a file's came when they came. */
  readonly live: boolean;
  readonly trace?: Trace;
  /** Needed for a document; names addresses where it is there. */
  readonly graph?: Graph;
}

/** Connections and talkers told at the end; all of them are in the document. */
const summaryLength = 10;

/** How often what was fed is worked through. */
const settleMs = 200;

const wallClock = (): bigint => BigInt(Date.now()) * 1_000_000n;

type Analysis = ReturnType<PacketTools['createAnalysis']>;
type Points = CaptureState['points'];

/** Each at its point, at once. */
const createEachPrinter =
  ({ io, style }: CommandInput, { decodePacket }: PacketTools) =>
  (points: Points, { packets }: CaptureNews & { kind: 'packets' }): void => {
    const pointWidth = Math.max(...points.map(({ point }) => cellWidth(safeText(point.name, style))));
    const text = packets.map((packet) => {
      const { point, linkType = 1 } = points[packet.tap]!;
      const decoded = decodePacket(packet.bytes, linkType, packet.length);
      return `${formatPacket({ packet, point: point.name, pointWidth, decoded }, style)}\n`;
    });
    io.stdout.write(text.join(''));
  };

/** Rows in their order, each once it is known what became of it. */
const createRowPrinter = ({ io, style }: CommandInput) => {
  let printed = 0;
  let hasHead = false;
  return (points: Points, analysis: Analysis): void => {
    const rows = analysis.rows();
    const lines: string[] = [];
    // From the end: what was printed before is most of it.
    let from = rows.length;
    while (from > 0 && rows[from - 1]!.id > printed) from--;
    for (const row of rows.slice(from)) {
      if (row.state.kind === 'travelling') break;
      printed = row.id;
      lines.push(`${formatRow(row, analysis.text(row, true), points.length, style)}\n`);
    }
    if (lines.length === 0) return;
    const head = hasHead ? '' : formatRowHead(points.length, style);
    hasHead = true;
    io.stdout.write(head + lines.join(''));
  };
};

export const followCapture = (
  input: CommandInput,
  tools: PacketTools,
  { lines, live, trace, graph }: FollowerOptions,
): CaptureFollower => {
  const printEach = createEachPrinter(input, tools);
  const printRows = createRowPrinter(input);
  const nameOf = graph === undefined ? {} : { nameOf: tools.nameAddresses(graph) };
  let points: Points = [];
  let analysis: Analysis | undefined;
  let settledAt = 0;
  let lastAt = 0n;

  const analyse = (): Analysis => {
    const path = trace === undefined ? {} : { trace };
    analysis ??= tools.createAnalysis(
      points.map(({ point }) => point),
      { ...path, ...nameOf },
    );
    return analysis;
  };
  const settle = (now: bigint | 'end'): void => {
    analyse().settle(now);
    settledAt = performance.now();
    if (lines === 'matched') printRows(points, analyse());
  };
  const timer = live ? setInterval(() => settle(wallClock()), settleMs) : undefined;
  return {
    hear: (news) => {
      if (news.kind === 'state') points = news.state.points;
      else {
        lastAt = news.packets.at(-1)?.at ?? lastAt;
        if (lines === 'each') printEach(points, news);
      }
      analyse().feed(news, live ? wallClock() : undefined);
      if (performance.now() - settledAt >= settleMs) settle(live ? wallClock() : lastAt);
    },
    finish: (state) => {
      clearInterval(timer);
      settle('end');
      if (input.json && graph !== undefined)
        writeJson(input, captureDocument(graph, { state, analysis: analyse(), now: lastAt, ...(trace && { trace }) }));
      else {
        const { style, io } = input;
        const shown = { nameOf: analyse().nameOf, style, limit: summaryLength };
        io.stderr.write(formatFlows(analyse().flows(lastAt), shown));
        io.stderr.write(formatTalkers(analyse().talkers(lastAt), shown));
        io.stderr.write(formatLosses(analyse().losses(), style));
      }
    },
  };
};
