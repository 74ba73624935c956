/** The program: arguments → a command's answer, or the screen; its result is the exit code. */
import packageJson from '../package.json' with { type: 'json' };
import { type Parsed, parseArguments } from './cli-options/parse-arguments.ts';
import { findCommand } from './cli-options.ts';
import { startWorkerEarly } from './host/netlink/worker-thread.ts';
import { exitCodes } from './main/exit-codes.ts';
import { type Io, processIo, textStyle } from './main/io.ts';
import { isUnreachableError } from './main/unreachable-error.ts';
import { isUsageError } from './main/usage-error.ts';

/** What the user can mend is one line; what we did wrong is told as such. Never a stack trace. */
const explain = (error: unknown): { readonly line: string; readonly code: number } => {
  const message = error instanceof Error ? error.message : String(error);
  if (isUsageError(error)) return { line: message, code: exitCodes.usage };
  if (isUnreachableError(error)) return { line: message, code: exitCodes.cannotTell };
  return {
    line: `something went wrong: ${message} (a recording made with \`vethscope record\` helps to find out)`,
    code: exitCodes.cannotTell,
  };
};

/** Commands about this host, whatever their words: the thread that reads the kernel starts while their code is loaded. */
const kernelReaders: ReadonlySet<string | undefined> = new Set([
  undefined,
  'list',
  'locate',
  'graph',
  'rules',
  'trace',
  'matrix',
  'doctor',
  'capture',
]);

const readsTheKernel = ({ command, values, switches }: Parsed): boolean =>
  kernelReaders.has(command?.name) && !values.has('recording') && !values.has('host') && !switches.has('help');

/** Also of words that no command was found in: who asked for a document gets one. */
const fail = async (io: Io, argv: readonly string[], line: string, code: number): Promise<number> => {
  const { writeFailure } = await import('./main/tell-failure.ts');
  const words = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length);
  const command = words.find((word) => findCommand(word) !== undefined);
  const switches = new Set(words.map((word) => word.replace(/^--/, '')));
  writeFailure(io, { command, json: words.includes('--json'), style: textStyle(io, switches) }, line, code);
  return code;
};

/** Resolves with the exit code; never rejects. */
export const main = async (argv: readonly string[], io: Io = processIo()): Promise<number> => {
  try {
    // Not for people: the process that `fix --confirm-within` leaves behind.
    if (argv[0] === '__revert') return (await import('./main/run-revert.ts')).runRevert(argv[1] ?? '');
    const parsed = parseArguments(argv);
    if ('error' in parsed) return fail(io, argv, parsed.error, exitCodes.usage);
    if (parsed.switches.has('version')) {
      io.stdout.write(`vethscope ${packageJson.version}\n`);
      return exitCodes.yes;
    }
    if (readsTheKernel(parsed)) startWorkerEarly();
    const { runCommand } = await import('./main/run-command.ts');
    return await runCommand(parsed, io);
  } catch (error) {
    const { line, code } = explain(error);
    return fail(io, argv, line, code);
  }
};

/** A socket, and a pipe that is full, take what was written later: an exit before that would cut it off. */
const flush = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.writableLength === 0) resolve();
    else stream.write('', () => resolve());
  });

/** The whole life of the process, for bin/. */
export const runProcess = async (): Promise<void> => {
  let unwritten: NodeJS.ErrnoException | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // The reader of our output went away: nothing to say, and nobody to say it to.
      if (error.code !== 'EPIPE' && error.code !== 'EIO') unwritten ??= error;
    });
  }
  process.on('SIGINT', () => {
    // A command that listens itself has something to bring to its end first.
    if (process.listenerCount('SIGINT') === 1) process.exit(exitCodes.interrupted);
  });
  const code = await main(process.argv.slice(2));
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  // A file that is full says so a turn after it was written to.
  await new Promise((resolve) => setImmediate(resolve));
  if (unwritten === undefined) process.exit(code);
  process.stderr.write(`vethscope: output: ${unwritten.message} (what was written is not whole)\n`);
  process.exit(exitCodes.cannotTell);
};
