/** `vethscope doctor` and `vethscope list findings`. */
import { doctorDocument } from '../report/doctor/doctor-document.ts';
import { formatDoctor } from '../report/doctor/format-doctor.ts';
import { makeHead } from '../report/document.ts';
import { formatGaps } from '../report/format-gaps.ts';
import { safeText } from '../report/format-table.ts';
import { listFindings } from '../report/list/list-findings.ts';
import { formatFindings } from '../report/list/report-list.ts';
import type { ConnectionDiagnosis, Diagnosis, Graph, Session, Severity, Trace } from '../session.ts';
import { type CommandInput, type RunCommand, withSession, writeJson } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { tellFailure } from './tell-failure.ts';
import { usageError } from './usage-error.ts';

/** Worst first: `--fail-on` counts everything up to its own place. */
const bySeverity: readonly Severity[] = ['error', 'warning', 'security', 'info'];

interface Ends {
  readonly from: string;
  readonly to: string;
}

/** undefined: no connection was named. */
export const endsOf = ({ values }: Pick<CommandInput, 'values'>): Ends | undefined => {
  const [from] = values.get('from') ?? [];
  const [to] = values.get('to') ?? [];
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined)
    throw usageError(`--${from === undefined ? 'from' : 'to'}: is missing (a connection has two ends)`);
  return { from, to };
};

const exitCode = ({ findings, gaps }: Diagnosis, failOn: Severity, trace: Trace | undefined): ExitCode => {
  const limit = bySeverity.indexOf(failOn);
  if (findings.some((finding) => bySeverity.indexOf(finding.severity) <= limit)) return exitCodes.no;
  return gaps.length > 0 || trace?.outcome === 'unknown' ? exitCodes.cannotTell : exitCodes.yes;
};

/** What an earlier run left half done, or waiting, is the first thing to know. Who may not read the journal (root's, kept in HOME) is told the rest. */
const tellOpenChanges = async ({ io, style }: CommandInput, session: Session): Promise<void> => {
  const journal = await session.journal().catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES' || error.code === 'EPERM') return undefined;
    throw error;
  });
  if (journal === undefined) io.stderr.write('the journal of changes may not be read (run as root)\n');
  const changes = journal?.changes ?? [];
  for (const { id, finding, title, state, detail } of changes)
    if (state === 'interrupted' || state === 'awaiting-confirmation')
      io.stderr.write(`${safeText(`change ${id} (${title}) [${finding}]: ${detail ?? state}`, style)}\n`);
};

const secondsOf = ({ values }: Pick<CommandInput, 'values'>): number | undefined => {
  const text = values.get('watch-for')?.[0];
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds < 1 || seconds > 600)
    throw usageError(`--watch-for: ${text} is no number of seconds from 1 to 600`);
  if (values.has('from')) throw usageError('--watch-for: looks at the whole host (without --from and --to)');
  return seconds;
};

const wait = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** A recording does not change: it is looked at once. */
const findOver = async (seconds: number | undefined, first: Graph, session: Session): Promise<Diagnosis> => {
  if (seconds === undefined || !session.live) return session.findings();
  await wait(seconds);
  await session.refresh();
  return session.findings(first);
};

/** What was tried joins what was read: failures first, as errors are. */
const withProbes = async (input: CommandInput, found: Diagnosis, session: Session): Promise<Diagnosis | ExitCode> => {
  if (!input.switches.has('probe')) return found;
  const answer = await session.probe((what) => input.io.stderr.write(`${safeText(what, input.style)}\n`));
  if ('error' in answer) return tellFailure(input, `doctor: ${answer.error}`, exitCodes.changeFailed);
  return { ...found, findings: [...answer.findings, ...found.findings], gaps: [...found.gaps, ...answer.gaps] };
};

export const runDoctor: RunCommand = async (input) => {
  const seconds = secondsOf(input);
  const ends = endsOf(input);
  const failOn = (input.values.get('fail-on')?.[0] ?? 'warning') as Severity;
  return withSession(input, async (graph, session) => {
    const read: ConnectionDiagnosis | (Diagnosis & { readonly trace?: Trace }) | { readonly error: string } =
      ends === undefined ? await findOver(seconds, graph, session) : await session.connectionFindings(ends);
    if ('error' in read) return tellFailure(input, read.error, exitCodes.no);
    const found = ends === undefined ? await withProbes(input, read, session) : read;
    if (typeof found === 'number') return found;
    const { trace } = read;
    if (input.json) writeJson(input, doctorDocument(graph, found, trace));
    else {
      const sentence = trace === undefined ? '' : `${safeText(trace.explanation, input.style)}\n\n`;
      input.io.stdout.write(sentence + formatDoctor(graph, found, input.style));
      input.io.stderr.write(formatGaps(graph, [...found.gaps, ...graph.gaps], input.style));
      if (session.live) await tellOpenChanges(input, session);
    }
    return exitCode(found, failOn, trace);
  });
};

export const runListFindings: RunCommand = async (input) =>
  withSession(input, async (graph, session) => {
    const found = await session.findings();
    const rows = listFindings(found);
    if (input.json)
      writeJson(input, { ...makeHead('list', graph, [...graph.gaps, ...found.gaps]), of: 'findings', rows });
    else {
      input.io.stdout.write(formatFindings(rows, input.style));
      input.io.stderr.write(formatGaps(graph, [...found.gaps, ...graph.gaps], input.style));
    }
    return found.gaps.length > 0 && rows.length === 0 ? exitCodes.cannotTell : exitCodes.yes;
  });
