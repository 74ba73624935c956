/** What every command is given, and how it asks its session. */
import type { Parsed } from '../cli-options/parse-arguments.ts';
import type { AskedEntry, NetnsPart } from '../host/host.ts';
import type { EngineKind } from '../model/container.ts';
import type { TextStyle } from '../report/format-table.ts';
import { safeText } from '../report/format-table.ts';
import { createSession, type Graph, type Session } from '../session.ts';
import type { ExitCode } from './exit-codes.ts';
import { type Io, textStyle } from './io.ts';
import { openHosts } from './open-hosts.ts';

export interface CommandInput extends Parsed {
  readonly io: Io;
  readonly style: TextStyle;
  readonly json: boolean;
}

/** Resolves with the exit code. */
export type RunCommand = (input: CommandInput) => Promise<number>;

export const makeInput = (parsed: Parsed, io: Io): CommandInput => ({
  ...parsed,
  io,
  style: textStyle(io, parsed.switches),
  json: parsed.switches.has('json'),
});

const tellAsked =
  ({ io, style }: CommandInput) =>
  ({ what, durationMs, outcome, detail }: AskedEntry) => {
    const trouble = outcome === 'ok' ? '' : ` ${outcome}${detail === undefined ? '' : `: ${detail}`}`;
    io.stderr.write(`${safeText(`+ ${what} (${Math.round(durationMs)} ms)${trouble}`, style)}\n`);
  };

/** `parts`: what of each netns this command needs; everything when left out. */
export const openSession = async (
  input: CommandInput,
  parts?: readonly NetnsPart[],
  containerFiles = false,
): Promise<Session> => {
  const engine = input.values.get('engine')?.[0] as 'auto' | 'none' | EngineKind | undefined;
  const engineSocket = input.values.get('engine-socket')?.[0];
  const hosts = await openHosts(input);
  return createSession(hosts, {
    readOnly: input.switches.has('read-only'),
    containerFiles,
    ...(parts === undefined ? {} : { parts }),
    ...(engine === undefined ? {} : { engine }),
    ...(engineSocket === undefined ? {} : { engineSocket }),
    ...(input.switches.has('verbose') ? { onAsked: tellAsked(input) } : {}),
  });
};

/** Collects once, answers, and lets go of the host whatever happens. */
export const withGraph = async (
  input: CommandInput,
  parts: readonly NetnsPart[] | undefined,
  answer: (graph: Graph, session: Session) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> => {
  return withOpened(await openSession(input, parts), answer);
};

/** Everything is read, also the files of containers: for answers about what is wrong. */
export const withSession = async (
  input: CommandInput,
  answer: (graph: Graph, session: Session) => Promise<ExitCode>,
): Promise<ExitCode> => {
  return withOpened(await openSession(input, undefined, true), answer);
};

const withOpened = async (
  session: Session,
  answer: (graph: Graph, session: Session) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> => {
  try {
    await session.start({ follow: false });
    const { graph, gaps } = session.state();
    if (graph === undefined) throw new Error(gaps[0]?.detail ?? 'nothing could be read');
    return await answer(graph, session);
  } finally {
    // Not waited for: the answer is out, and the end of the process ends the rest.
    void session.close();
  }
};

/** One write: a reader of the pipe gets all of it or none. */
/** For documents about what was done: where, and what could not be seen there. Read now if nothing was read before. */
export const graphOf = async (session: Session): Promise<Graph> => {
  if (session.state().graph === undefined) await session.start({ follow: false });
  const { graph, gaps } = session.state();
  if (graph === undefined) throw new Error(gaps[0]?.detail ?? 'nothing could be read');
  return graph;
};

export const writeJson = ({ io }: CommandInput, document: unknown): void =>
  io.stdout.write(`${JSON.stringify(document)}\n`);
