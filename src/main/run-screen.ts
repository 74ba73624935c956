/** `vethscope` alone: the screen on a terminal; elsewhere the list of containers and a hint. */
import type { RunCommand } from './command.ts';
import { runList } from './run-list.ts';

export const runScreen: RunCommand = async (input) => {
  const code = await runList(input);
  if (!input.json)
    input.io.stderr.write(
      '\nThis is no terminal, so here is the list of containers; `vethscope --help` tells the commands.\n',
    );
  return code;
};
