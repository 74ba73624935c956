/** `vethscope plumb`: wires something, with the preview, journal and undo of `fix`. */
import { parsePlumbing } from '../session/parse-plumbing.ts';
import type { RunCommand } from './command.ts';
import { runChange } from './run-fix.ts';
import { usageError } from './usage-error.ts';

const ofChange = new Set(['confirm-within', 'from', 'to', 'recording', 'engine', 'engine-socket', 'remedy']);

export const runPlumb: RunCommand = async (input) => {
  const options = Object.fromEntries(
    [...input.values].flatMap(([name, [value]]) => (value === undefined || ofChange.has(name) ? [] : [[name, value]])),
  );
  const question = parsePlumbing(input.words, options);
  if ('error' in question) throw usageError(`${question.error} (\`vethscope plumb --help\` shows all)`);
  return runChange(input, 'plumb', question);
};
