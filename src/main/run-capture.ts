/** `vethscope capture`: packets as lines, as a file, or as a stream. */
import { formatCaptureEnd, formatCaptureStart } from '../report/capture/format-capture.ts';
import { safeText } from '../report/format-table.ts';
import { loadPacketTools } from '../session/packet-tools.ts';
import type { CaptureQuestion, CaptureRefusal, CaptureState, Graph, Session } from '../session.ts';
import { readCaptureQuestion } from './capture-options.ts';
import { type CommandInput, type RunCommand, withGraph } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type CaptureFollower, followCapture } from './follow-capture.ts';
import { tellFailure } from './tell-failure.ts';
import { usageError } from './usage-error.ts';

const refusalCodes: Readonly<Partial<Record<CaptureRefusal['reason'], ExitCode>>> = {
  usage: exitCodes.usage,
  invalid: exitCodes.usage,
  'not-found': exitCodes.no,
  'read-only': exitCodes.changeFailed,
};

const tellRefusal = (input: CommandInput, { error, reason, howToSee }: CaptureRefusal): ExitCode => {
  const how = howToSee === undefined ? '' : ` (${howToSee})`;
  return tellFailure(input, `capture: ${error}${how}`, refusalCodes[reason] ?? exitCodes.cannotTell);
};

/** What was asked for came, or not all of it could be seen. */
const endCode = ({ points, end }: CaptureState, interrupted: boolean): ExitCode => {
  if (end?.why === 'disk-full' || end?.why === 'failed') return exitCodes.cannotTell;
  if (interrupted) return exitCodes.interrupted;
  return points.some(({ gap }) => gap !== undefined) ? exitCodes.cannotTell : exitCodes.yes;
};

/** Packets that only go into a file need nobody who reads them. */
const startFollower = async (
  input: CommandInput,
  question: CaptureQuestion,
  graph: Graph,
  session: Session,
): Promise<CaptureFollower | undefined> => {
  if (question.file !== undefined && !input.json) return undefined;
  const points = await session.capturePoints(question);
  if ('error' in points) return undefined;
  const trace = question.path === undefined ? undefined : session.trace(question.path);
  const isMatched = points.length > 1 && !input.switches.has('each');
  return followCapture(input, await loadPacketTools(), {
    lines: input.json ? 'none' : isMatched ? 'matched' : 'each',
    live: true,
    graph,
    ...(trace === undefined || 'error' in trace ? {} : { trace }),
  });
};

const follow = async (
  input: CommandInput,
  question: CaptureQuestion,
  graph: Graph,
  session: Session,
): Promise<ExitCode> => {
  const { io, style } = input;
  const follower = await startFollower(input, question, graph, session);
  const running = await session.capture(question, (news) => follower?.hear(news));
  if ('error' in running) return tellRefusal(input, running);
  io.stderr.write(formatCaptureStart(running.state(), question, style));
  let interrupted = false;
  const letGo = io.onInterrupt?.(() => {
    interrupted = true;
    void running.stop();
  });
  const last = await running.done;
  letGo?.();
  follower?.finish(last);
  io.stderr.write(formatCaptureEnd(last, style));
  return endCode(last, interrupted);
};

/** A file that is damaged tells what it has, and that it is. Only a document needs the host it is told on. */
const readFile = async (input: CommandInput, path: string, graph?: Graph): Promise<ExitCode> => {
  const { openCapture } = await import('../session/open-capture.ts');
  const follower = followCapture(input, await loadPacketTools(), {
    lines: input.json ? 'none' : 'each',
    live: false,
    ...(graph === undefined ? {} : { graph }),
  });
  const reading = await openCapture(path, graph, follower.hear);
  if ('error' in reading) return tellRefusal(input, reading);
  const last = await reading.done;
  follower.finish(last);
  if (last.end?.detail === undefined) return exitCodes.yes;
  input.io.stderr.write(`vethscope: ${safeText(`${path}: ${last.end.detail}`, input.style)}\n`);
  return exitCodes.cannotTell;
};

const linkParts = ['links', 'addresses', 'routes'] as const;

/** A single word that ends like one, or begins as no container and no link can. */
const captureFile = (words: readonly string[]): string | undefined =>
  words.length === 1 && /\.(?:pcap|pcapng|cap|ntar)$|^\.{0,2}\//i.test(words[0]!) ? words[0] : undefined;

export const runCapture: RunCommand = async (input) => {
  const file = input.values.get('read')?.[0] ?? captureFile(input.words);
  if (file !== undefined)
    return input.json ? withGraph(input, linkParts, (graph) => readFile(input, file, graph)) : readFile(input, file);
  const question = readCaptureQuestion(input);
  if (question.points.length === 0 && question.path === undefined)
    throw usageError(
      'capture: no point is named (write a container, CONTAINER/IFNAME or a link of the host, or --path FROM TO)',
    );
  if (input.json && question.file === '-') throw usageError('--json: has no place on standard output beside -w -');
  const parts = question.path === undefined ? linkParts : undefined;
  return withGraph(input, parts, (graph, session) => follow(input, question, graph, session));
};
