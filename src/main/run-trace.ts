/** `vethscope trace FROM TO` and `vethscope matrix`. */
import { formatGaps } from '../report/format-gaps.ts';
import { safeText, type TextStyle } from '../report/format-table.ts';
import { formatLive } from '../report/trace/format-live.ts';
import { formatTrace } from '../report/trace/format-trace.ts';
import { traceDocument } from '../report/trace/trace-document.ts';
import { formatMatrix, listCells, matrixDocument } from '../report/trace/trace-matrix.ts';
import type { Graph, Outcome, Session, TraceQuestion } from '../session.ts';
import { type CommandInput, type RunCommand, withGraph, writeJson } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { tellFailure } from './tell-failure.ts';
import { usageError } from './usage-error.ts';

const readSysctls = (given: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    given.map((text) => {
      const match = /^(?:net[./])?([^=]+)=(.*)$/.exec(text);
      if (match === null) throw usageError(`--with-sysctl ${text}: has no value (write KEY=VALUE)`);
      return [match[1]!.replaceAll('/', '.'), match[2]!];
    }),
  );

/** A port that is none, and a protocol nobody traces, are slips of the pen: no host needs to be asked. */
const checkTarget = (text: string): void => {
  const [, port, proto] = /^(?:[^:[\]]*|\[[^\]]*\])(?::(\d+))?(?:\/([a-z0-9]+))?$/i.exec(text) ?? [];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    throw usageError(`${text}: ${port} is no port (1 to 65535)`);
  if (proto !== undefined && port !== undefined && !/^(?:tcp|udp|icmp|sctp)$/.test(proto))
    throw usageError(`${text}: ${proto} is no protocol that can be traced (tcp, udp, icmp, sctp)`);
};

/** Printed above the answer, so that nobody takes it for how things are. */
const whatIf = ({ without = [], withSysctl = {} }: TraceQuestion, style: TextStyle): string => {
  const parts = [
    ...without.map((rule) => `rule ${rule} were not there`),
    ...Object.entries(withSysctl).map(([name, value]) => `net.${name} were ${value}`),
  ];
  return parts.length === 0 ? '' : `${safeText(`What if ${parts.join(' and ')}:`, style)}\n\n`;
};

const questionOf = ({ words, values }: CommandInput): TraceQuestion => {
  checkTarget(words[1]!);
  const without = values.get('without');
  const sysctls = values.get('with-sysctl');
  return {
    from: words[0]!,
    to: words[1]!,
    ...(without === undefined ? {} : { without }),
    ...(sysctls === undefined ? {} : { withSysctl: readSysctls(sysctls) }),
  };
};

/** Says on stderr what is being done; the answer itself is one document, or one text. */
const runProof = async (
  input: CommandInput,
  graph: Graph,
  session: Session,
  question: TraceQuestion,
): Promise<ExitCode> => {
  const { io, style } = input;
  const tell = (text: string) => io.stderr.write(`${safeText(text, style)}\n`);
  const proof = await session.prove(question, tell);
  if ('error' in proof) return tellFailure(input, proof.error, exitCodes.no);
  const { trace } = proof;
  const gaps = 'gap' in proof ? [proof.gap] : proof.live.gaps;
  const live = 'gap' in proof ? undefined : proof.live;
  if (input.json) writeJson(input, traceDocument(graph, trace, live, 'gap' in proof ? gaps : []));
  else {
    io.stdout.write(formatTrace(trace, style) + (live === undefined ? '' : formatLive(live, style)));
    io.stderr.write(formatGaps(graph, gaps, style));
  }
  if (live === undefined) return session.readOnly ? exitCodes.changeFailed : exitCodes.cannotTell;
  return exitCode(live.outcome);
};

const exitCode = (outcome: Outcome): ExitCode => {
  if (outcome === 'delivered') return exitCodes.yes;
  return outcome === 'unknown' ? exitCodes.cannotTell : exitCodes.no;
};

export const runTrace: RunCommand = async (input) => {
  const question = questionOf(input);
  return withGraph(input, undefined, (graph, session) => {
    if (input.switches.has('live')) return runProof(input, graph, session, question);
    const trace = session.trace(question);
    if ('error' in trace) return tellFailure(input, trace.error, exitCodes.no);
    if (input.json) writeJson(input, traceDocument(graph, trace));
    else input.io.stdout.write(whatIf(question, input.style) + formatTrace(trace, input.style));
    return exitCode(trace.outcome);
  });
};

export const runMatrix: RunCommand = async (input) => {
  const port = input.values.get('port')?.[0];
  const number = /^(\d{1,5})(\/(tcp|udp|sctp))?$/.exec(port ?? '1')?.[1] ?? 0;
  if (Number(number) < 1 || Number(number) > 65_535)
    throw usageError(`--port ${port}: is no port (write 80 or 53/udp)`);
  return withGraph(input, undefined, (graph, session) => {
    const cells = listCells(graph, port, (question) => session.trace(question));
    if (input.json) writeJson(input, matrixDocument(graph, port, cells));
    else input.io.stdout.write(formatMatrix(graph, cells, input.style));
    return exitCodes.yes;
  });
};
