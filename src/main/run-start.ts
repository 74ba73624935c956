/** `npm start`: the screen on this host, or the demo where nothing is wired to anything. */
import { type CommandInput, type RunCommand, withGraph } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { runDemo } from './run-demo.ts';
import { runScreen } from './run-screen.ts';

/** No container in any state, and no netns but the host's own. */
const nothingToSee = async (input: CommandInput): Promise<boolean> => {
  let nothing = false;
  await withGraph(input, ['links'], (graph) => {
    nothing = graph.containers.size === 0 && graph.netns.size <= 1;
    return exitCodes.yes;
  });
  return nothing;
};

export const runStart: RunCommand = async (input) => ((await nothingToSee(input)) ? runDemo(input) : runScreen(input));
