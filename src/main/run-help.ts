/** `vethscope --help`. */
import { formatHelp } from '../cli-options/format-help.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';

export const runHelp: RunCommand = async ({ command, io }) => {
  io.stdout.write(formatHelp(command));
  return exitCodes.yes;
};
