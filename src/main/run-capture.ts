/** `vethscope capture`: packets as lines, as a file, or as a stream. */
import { formatCaptureEnd, formatCaptureStart } from '../report/capture/format-capture.ts';
import { formatPacket } from '../report/capture/format-packet.ts';
import { safeText } from '../report/format-table.ts';
import { loadPacketTools, type PacketTools } from '../session/packet-tools.ts';
import type {
  CaptureNews,
  CaptureQuestion,
  CaptureRefusal,
  CaptureState,
  RunningCapture,
  Session,
} from '../session.ts';
import { cellWidth } from '../std/printable.ts';
import { readCaptureQuestion } from './capture-options.ts';
import { type CommandInput, type RunCommand, withGraph } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { usageError } from './usage-error.ts';

const refusalCodes: Readonly<Partial<Record<CaptureRefusal['reason'], ExitCode>>> = {
  usage: exitCodes.usage,
  invalid: exitCodes.usage,
  'not-found': exitCodes.no,
  'read-only': exitCodes.changeFailed,
};

const tellRefusal = ({ io, style }: CommandInput, { error, reason, howToSee }: CaptureRefusal): ExitCode => {
  const how = howToSee === undefined ? '' : ` (${howToSee})`;
  io.stderr.write(`vethscope: capture: ${safeText(error + how, style)}\n`);
  return refusalCodes[reason] ?? exitCodes.cannotTell;
};

/** What was asked for came, or not all of it could be seen. */
const endCode = ({ points, end }: CaptureState, interrupted: boolean): ExitCode => {
  if (end?.why === 'disk-full' || end?.why === 'failed') return exitCodes.cannotTell;
  if (interrupted) return exitCodes.interrupted;
  return points.some(({ gap }) => gap !== undefined) ? exitCodes.cannotTell : exitCodes.yes;
};

const printPackets = (
  { io, style }: CommandInput,
  { decodePacket }: PacketTools,
  state: () => CaptureState | undefined,
): ((news: CaptureNews) => void) => {
  return (news) => {
    const points = state()?.points;
    if (news.kind !== 'packets' || points === undefined) return;
    const pointWidth = Math.max(...points.map(({ point }) => cellWidth(safeText(point.name, style))));
    const lines = news.packets.map((packet) => {
      const at = points[packet.tap]!;
      const decoded = decodePacket(packet.bytes, at.linkType ?? 1, packet.length);
      return `${formatPacket({ packet, point: at.point.name, pointWidth, decoded }, style)}\n`;
    });
    io.stdout.write(lines.join(''));
  };
};

const follow = async (input: CommandInput, question: CaptureQuestion, session: Session): Promise<ExitCode> => {
  const { io, style } = input;
  const tools = question.file === undefined ? await loadPacketTools() : undefined;
  let running: RunningCapture | undefined;
  let latest: CaptureState | undefined;
  const print = tools === undefined ? () => {} : printPackets(input, tools, () => latest);
  const answer = await session.capture(question, (news) => {
    if (news.kind === 'state') latest = news.state;
    else print(news);
  });
  if ('error' in answer) return tellRefusal(input, answer);
  running = answer;
  io.stderr.write(formatCaptureStart(running.state(), question, style));
  let interrupted = false;
  const letGo = io.onInterrupt?.(() => {
    interrupted = true;
    void running?.stop();
  });
  const last = await running.done;
  letGo?.();
  io.stderr.write(formatCaptureEnd(last, style));
  return endCode(last, interrupted);
};

/** Lines of a file; a file that is damaged tells what it has, and that it is. */
const readFile = async (input: CommandInput, path: string): Promise<ExitCode> => {
  const { openCapture } = await import('../session/open-capture.ts');
  let latest: CaptureState | undefined;
  const print = printPackets(input, await loadPacketTools(), () => latest);
  const reading = await openCapture(path, undefined, (news) => {
    if (news.kind === 'state') latest = news.state;
    else print(news);
  });
  if ('error' in reading) return tellRefusal(input, reading);
  const { end } = await reading.done;
  if (end?.detail === undefined) return exitCodes.yes;
  input.io.stderr.write(`vethscope: ${safeText(`${path}: ${end.detail}`, input.style)}\n`);
  return exitCodes.cannotTell;
};

/** A single word that ends like one. */
const captureFile = (words: readonly string[]): string | undefined =>
  words.length === 1 && /\.(?:pcap|pcapng|cap|ntar)$/i.test(words[0]!) ? words[0] : undefined;

export const runCapture: RunCommand = async (input) => {
  const file = input.values.get('read')?.[0] ?? captureFile(input.words);
  if (file !== undefined) return readFile(input, file);
  const question = readCaptureQuestion(input);
  if (question.points.length === 0 && question.path === undefined)
    throw usageError(
      'capture: no point is named (write a container, CONTAINER/IFNAME or a link of the host, or --path FROM TO)',
    );
  if (input.json && question.file === '-') throw usageError('--json: has no place on standard output beside -w -');
  const parts = question.path === undefined ? (['links', 'addresses', 'routes'] as const) : undefined;
  return withGraph(input, parts, (_graph, session) => follow(input, question, session));
};
