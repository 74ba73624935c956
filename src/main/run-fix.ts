/** `vethscope fix FINDING`. */
import { fixDocument } from '../report/change/change-document.ts';
import { commandLines, formatChange } from '../report/change/format-change.ts';
import { remedyLines } from '../report/doctor/format-doctor.ts';
import { safeText } from '../report/format-table.ts';
import type { Change, FixPreview, FixQuestion, Graph, PlumbingQuestion, Session } from '../session.ts';
import { type CommandInput, type RunCommand, withSession, writeJson } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { endsOf } from './run-doctor.ts';
import { tellFailure } from './tell-failure.ts';
import { usageError } from './usage-error.ts';

/** Long enough to see that the session still answers. */
const guardSeconds = 90;

const numberOf = ({ values }: CommandInput, name: string, least: number): number | undefined => {
  const [text] = values.get(name) ?? [];
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text) || Number(text) < least)
    throw usageError(`--${name} ${text}: is no number (write ${least === 0 ? 60 : 1})`);
  return Number(text);
};

const questionOf = (input: CommandInput, finding: string, plumbing: PlumbingQuestion | undefined): FixQuestion => {
  const remedy = numberOf(input, 'remedy', 1);
  const confirmWithin = numberOf(input, 'confirm-within', 0);
  const ends = endsOf(input);
  return {
    finding,
    ...(plumbing === undefined ? {} : { plumbing }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(confirmWithin === undefined ? {} : { confirmWithin }),
    ...(ends === undefined ? {} : { ends }),
  };
};

/** The options that say what is to be wired, as they were given. */
const optionText = ({ values }: CommandInput): string =>
  [...values]
    .filter(([name]) => !['from', 'to', 'confirm-within', 'recording'].includes(name))
    .map(([name, [value = '']]) => ` --${name} ${value}`)
    .join('');

const tellPreview = (input: CommandInput, graph: Graph, preview: FixPreview, yes: boolean): void => {
  const { finding, remedy, change, refused } = preview;
  const ends = endsOf(input);
  const again = [
    finding.check === 'plumb'
      ? `vethscope plumb ${input.words.join(' ')}${optionText(input)}`
      : `vethscope fix ${finding.id}`,
    ...(remedy.n === 1 ? [] : [`--remedy ${remedy.n}`]),
    ...(ends === undefined ? [] : [`--from ${ends.from} --to ${ends.to}`]),
    '--yes',
    ...(remedy.cutsConnection ? [`--confirm-within ${guardSeconds}`] : []),
  ].join(' ');
  const next =
    refused === undefined
      ? [
          `to apply: ${again}`,
          ...(remedy.cutsConnection
            ? ['it could cut the connection you work over: with --confirm-within it is taken back unless you confirm']
            : []),
        ]
      : [
          `vethscope does not apply it: ${refused}`,
          ...(refused === 'it needs root' && !yes ? ['with sudo:', ...commandLines(change, 'sudo ')] : []),
        ];
  const ssh = preview.ssh === undefined ? [] : [`ssh: ${preview.ssh.cuts ? 'at risk' : 'safe'}: ${preview.ssh.why}`];
  const lines = [`${finding.title}  [${finding.id}]`, ...remedyLines(graph, remedy), ...ssh, ...next];
  input.io.stdout.write(`${lines.map((line) => safeText(line, input.style)).join('\n')}\n`);
};

const overSsh = ({ io }: CommandInput): boolean => io.env['SSH_CONNECTION'] !== undefined;

/** Over SSH, what can cut the line is only done so that it comes back by itself. */
const guarded = (question: FixQuestion, preview: FixPreview, input: CommandInput): FixQuestion =>
  question.confirmWithin === undefined && (preview.ssh?.cuts ?? (preview.remedy.cutsConnection && overSsh(input)))
    ? { ...question, confirmWithin: guardSeconds }
    : question;

export const exitCodeOf = ({ state }: Change): ExitCode =>
  state === 'failed' || state === 'rolled-back' || state === 'interrupted' ? exitCodes.changeFailed : exitCodes.yes;

const apply = async (
  input: CommandInput,
  graph: Graph,
  session: Session,
  question: FixQuestion,
  preview: FixPreview,
): Promise<ExitCode> => {
  const progress = (what: string) =>
    void (input.json || input.io.stderr.write(`${safeText(`+ ${what}`, input.style)}\n`));
  // What is run is what was planned when it was looked at.
  const shown = preview.change.commands;
  const change = await session.applyFix({ ...guarded(question, preview, input), shown }, progress);
  if ('error' in change) return tellFailure(input, change.error, exitCodes.no);
  if (input.json) writeJson(input, fixDocument(graph, change));
  else {
    input.io.stdout.write(formatChange(change, input.style));
    if (preview.refused === 'it needs root')
      input.io.stdout.write(
        ['with sudo:', ...commandLines(change, 'sudo '), ''].map((line) => safeText(line, input.style)).join('\n'),
      );
  }
  return exitCodeOf(change);
};

export const runFix: RunCommand = (input) => runChange(input, input.words[0]!);

export const runChange = async (
  input: CommandInput,
  finding: string,
  plumbing?: PlumbingQuestion,
): Promise<ExitCode> => {
  const question = questionOf(input, finding, plumbing);
  return withSession(input, async (graph, session) => {
    const preview = await session.previewFix(question);
    if ('error' in preview) return tellFailure(input, preview.error, exitCodes.no);
    if (input.switches.has('yes')) return apply(input, graph, session, question, preview);
    if (input.json) writeJson(input, fixDocument(graph, preview.change, preview));
    else tellPreview(input, graph, preview, false);
    return exitCodes.yes;
  });
};
