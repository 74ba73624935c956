/** `vethscope completion SHELL`. */

import { formatCompletion } from '../cli-options/format-completion.ts';
import type { Shell } from '../cli-options.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';

export const runCompletion: RunCommand = async ({ words, io }) => {
  io.stdout.write(formatCompletion(words[0] as Shell));
  return exitCodes.yes;
};
