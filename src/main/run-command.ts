/** Finds the command's code and loads only that. */
import type { Parsed } from '../cli-options/parse-arguments.ts';
import { makeInput, type RunCommand } from './command.ts';
import type { Io } from './io.ts';
import { runHelp } from './run-help.ts';

const loaders: Readonly<Record<string, () => Promise<RunCommand>>> = {
  list: async () => (await import('./run-list.ts')).runList,
  locate: async () => (await import('./run-locate.ts')).runLocate,
  rules: async () => (await import('./run-rules.ts')).runRules,
  schema: async () => (await import('./run-schema.ts')).runSchema,
  completion: async () => (await import('./run-completion.ts')).runCompletion,
  graph: async () => (await import('./run-graph.ts')).runGraph,
};

export const runCommand = async (parsed: Parsed, io: Io): Promise<number> => {
  const input = makeInput(parsed, io);
  if (parsed.switches.has('help')) return runHelp(input);
  const name = parsed.command?.name;
  const load = name === undefined ? undefined : loaders[name];
  if (load === undefined) return runHelp(input);
  return (await load())(input);
};
