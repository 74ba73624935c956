/** `vethscope watch [FROM TO]`: says what it adds, tells what is new as it comes, and everything at the end. */
import { formatGaps } from '../report/format-gaps.ts';
import { safeText } from '../report/format-table.ts';
import { formatNewGroup, formatWatch } from '../report/watch/format-watch.ts';
import { watchDocument } from '../report/watch/watch-document.ts';
import type { Graph, Session, WatchAccount, WatchQuestion, WatchRefusal } from '../session.ts';
import { type CommandInput, type RunCommand, withGraph, writeJson } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { tellFailure } from './tell-failure.ts';
import { usageError } from './usage-error.ts';

const readNumber = ({ values }: CommandInput, name: string, limit: number): number | undefined => {
  const text = values.get(name)?.[0];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || number <= 0 || number > limit)
    throw usageError(`--${name} ${text}: is no number from 1 to ${limit} (write --${name} 10)`);
  return number;
};

const day = 86_400;

const questionOf = (input: CommandInput): WatchQuestion => {
  const [from, to] = input.words;
  if (from !== undefined && to === undefined)
    throw usageError('watch: the other end is missing (write FROM TO[:PORT], or nothing for all drops)');
  const duration = readNumber(input, 'duration', day);
  const count = readNumber(input, 'count', 1_000_000_000);
  const rate = readNumber(input, 'rate', 10_000);
  return {
    ...(from === undefined || to === undefined ? {} : { flow: { from, to } }),
    ...(duration === undefined ? {} : { durationMs: duration * 1000 }),
    ...(count === undefined ? {} : { count }),
    ...(rate === undefined ? {} : { eventsPerSecond: Math.ceil(rate) }),
  };
};

const refusalCodes: Readonly<Partial<Record<WatchRefusal['reason'], ExitCode>>> = {
  'not-found': exitCodes.no,
  'read-only': exitCodes.changeFailed,
};

const tellRefusal = (input: CommandInput, { error, reason, howToSee }: WatchRefusal): ExitCode => {
  const how = howToSee === undefined ? '' : ` (${howToSee})`;
  return tellFailure(input, `watch: ${error}${how}`, refusalCodes[reason] ?? exitCodes.cannotTell);
};

/** A line for each group when it is new. Its first packets may still be under way: what is told of them can change. */
const tellNew = ({ io, style }: CommandInput): ((account: WatchAccount) => void) => {
  const told = new Set<string>();
  let armed = false;
  return ({ groups, phase }) => {
    if (!armed && phase === 'watching') {
      armed = true;
      io.stderr.write('watching (Ctrl-C ends it)\n');
    }
    for (const group of groups.toReversed()) {
      if (told.has(group.id)) continue;
      told.add(group.id);
      io.stdout.write(formatNewGroup(group, style));
    }
  };
};

const follow = async (
  input: CommandInput,
  question: WatchQuestion,
  graph: Graph,
  session: Session,
): Promise<ExitCode> => {
  const { io, style, json } = input;
  const plan = await session.planWatch(question);
  if ('error' in plan) return tellRefusal(input, plan);
  io.stderr.write(`${safeText(plan.announced, style)}\n`);
  const running = await session.watch(question, json ? () => {} : tellNew(input));
  if ('error' in running) return tellRefusal(input, running);
  let interrupted = false;
  const letGo = io.onInterrupt?.(() => {
    interrupted = true;
    void running.stop();
  });
  const account = await running.done;
  letGo?.();
  if (account.phase === 'failed') return tellRefusal(input, { error: account.error ?? 'broke off', reason: 'invalid' });
  if (json) writeJson(input, watchDocument(graph, account));
  else {
    io.stdout.write(`\n${formatWatch(account, style)}`);
    io.stderr.write(formatGaps(graph, account.gaps, style));
  }
  return interrupted ? exitCodes.interrupted : exitCodes.yes;
};

export const runWatch: RunCommand = async (input) => {
  const question = questionOf(input);
  return withGraph(input, undefined, (graph, session) => follow(input, question, graph, session));
};
