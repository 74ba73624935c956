/** `vethscope diff A B`: two pictures of a host, each a recording or this host as it is now. */
import { diffDocument, type Picture } from '../report/diff/diff-document.ts';
import { diffGraphs } from '../report/diff/diff-graphs.ts';
import { formatDiff } from '../report/diff/format-diff.ts';
import { formatGaps } from '../report/format-gaps.ts';
import type { Session } from '../session.ts';
import { type CommandInput, openSession, type RunCommand, writeJson } from './command.ts';
import { exitCodes } from './exit-codes.ts';

const open = (input: CommandInput, name: string): Promise<Session> => {
  const values = new Map(input.values);
  values.delete('recording');
  if (name !== 'live') values.set('recording', [name]);
  return openSession({ ...input, values });
};

const read = async (session: Session, name: string): Promise<Picture> => {
  await session.start({ follow: false });
  const { graph, gaps } = session.state();
  if (graph === undefined) throw new Error(gaps[0]?.detail ?? 'nothing could be read');
  return { name, graph };
};

/** Both are opened before either is read: a slip of the pen is told at once. */
const readBoth = async (input: CommandInput, a: string, b: string): Promise<readonly [Picture, Picture]> => {
  const sessions: Session[] = [];
  try {
    const first = await open(input, a);
    sessions.push(first);
    const second = await open(input, b);
    sessions.push(second);
    return [await read(first, a), await read(second, b)];
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
};

export const runDiff: RunCommand = async (input) => {
  const [a = '', b = ''] = input.words;
  const [before, after] = await readBoth(input, a, b);
  const diff = diffGraphs(before.graph, after.graph);
  if (input.json) writeJson(input, diffDocument(before, after, diff));
  else {
    input.io.stdout.write(formatDiff(diff.differences, input.style));
    input.io.stderr.write(formatGaps(after.graph, diff.gaps, input.style));
  }
  if (diff.differences.length > 0) return exitCodes.no;
  return diff.gaps.length > 0 ? exitCodes.cannotTell : exitCodes.yes;
};
