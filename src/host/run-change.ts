/** Runs a command that changes the machine, in the netns it names, and tells how it ended. */
import type { Command, CommandResult } from '../model/change.ts';
import { type RunOutcome, runCommand } from './run-command.ts';

const limits = { timeoutMs: 60_000, maxBytes: 1024 * 1024 } as const;

/** Exit codes as a shell gives them: 127 no such program, 126 could not be run, 124 no end within the limit. */
export async function runChange(
  command: Command,
  netnsFd: number | undefined,
  signal: AbortSignal,
): Promise<CommandResult> {
  const began = performance.now();
  const outcome = await runCommand({
    argv: command.argv,
    ...(netnsFd === undefined ? {} : { netnsFd }),
    ...(command.stdin === undefined ? {} : { stdin: command.stdin }),
    ...limits,
    signal,
  });
  return { command, ...resultOf(outcome), durationMs: performance.now() - began };
}

function resultOf(outcome: RunOutcome): Pick<CommandResult, 'exitCode' | 'stdout' | 'stderr'> {
  const without = (exitCode: number, stderr: string) => ({ exitCode, stdout: '', stderr });
  switch (outcome.end) {
    case 'exited':
      return outcome;
    case 'not-found':
      return without(127, `${outcome.program}: not found`);
    case 'slow':
      return without(124, `no end within ${limits.timeoutMs / 1000} s`);
    case 'too-long':
      return without(126, 'printed more than we read');
    case 'stopped':
      return without(130, 'stopped');
    case 'failed':
      return without(126, outcome.detail);
  }
}
