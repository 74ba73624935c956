/** A command that could not answer says so: one line on stderr, and with --json a document that says the same. */
import { errorDocument } from '../report/error-document.ts';
import { safeText, type TextStyle } from '../report/format-table.ts';
import type { CommandInput } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';

/** How an error ends that does not say itself how to go on → how. */
const ways: readonly (readonly [RegExp, string])[] = [
  [/of that name$/, '`vethscope list containers` shows what there is'],
  [/goes by that name$/, '`vethscope list links` shows all links'],
  [/: no such rule \([^)]*\)$/, '`vethscope list rules` numbers them'],
  [/recording cannot be changed$/, 'run it on that machine, or over SSH with -H'],
  [/is not looked at here$/, 'name its host with -H, or run it there'],
  [/--read-only forbids it$/, 'leave it out to change something'],
];

const withWay = (error: string): string => {
  const way = ways.find(([pattern]) => pattern.test(error))?.[1];
  return way === undefined ? error : `${error} (${way})`;
};

export interface Failure {
  readonly command: string | undefined;
  readonly json: boolean;
  readonly style: TextStyle;
}

export const writeFailure = (io: Io, { command, json, style }: Failure, error: string, code: number): void => {
  const line = safeText(withWay(error), style);
  io.stderr.write(`vethscope: ${line}\n`);
  if (json) io.stdout.write(`${JSON.stringify(errorDocument(command, code, line))}\n`);
};

export const tellFailure = (input: CommandInput, error: string, code: ExitCode): ExitCode => {
  writeFailure(input.io, { ...input, command: input.command?.name }, error, code);
  return code;
};
