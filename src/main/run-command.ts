/** Finds the command's code and loads only that; lists, which the screen falls back to, are here already. */
import type { Parsed } from '../cli-options/parse-arguments.ts';
import { makeInput, type RunCommand } from './command.ts';
import type { Io } from './io.ts';
import { runHelp } from './run-help.ts';
import { runList } from './run-list.ts';

const loaders: Readonly<Record<string, () => Promise<RunCommand>>> = {
  demo: async () => (await import('./run-demo.ts')).runDemo,
  list: async () => runList,
  locate: async () => (await import('./run-locate.ts')).runLocate,
  rules: async () => (await import('./run-rules.ts')).runRules,
  schema: async () => (await import('./run-schema.ts')).runSchema,
  completion: async () => (await import('./run-completion.ts')).runCompletion,
  record: async () => (await import('./run-record.ts')).runRecord,
  trace: async () => (await import('./run-trace.ts')).runTrace,
  matrix: async () => (await import('./run-trace.ts')).runMatrix,
  doctor: async () => (await import('./run-doctor.ts')).runDoctor,
  fix: async () => (await import('./run-fix.ts')).runFix,
  plumb: async () => (await import('./run-plumb.ts')).runPlumb,
  undo: async () => (await import('./run-undo.ts')).runUndo,
  confirm: async () => (await import('./run-undo.ts')).runConfirm,
  journal: async () => (await import('./run-undo.ts')).runJournal,
  graph: async () => (await import('./run-graph.ts')).runGraph,
  diff: async () => (await import('./run-diff.ts')).runDiff,
  mcp: async () => (await import('./run-mcp.ts')).runMcp,
  measure: async () => (await import('./run-measure.ts')).runMeasure,
  watch: async () => (await import('./run-watch.ts')).runWatch,
  capture: async () => (await import('./run-capture.ts')).runCapture,
};

export const runCommand = async (parsed: Parsed, io: Io): Promise<number> => {
  const input = makeInput(parsed, io);
  if (parsed.switches.has('help')) return runHelp(input);
  const { command } = parsed;
  if (command === undefined) {
    const { isFirstTry, runScreen } = await import('./run-screen.ts');
    return isFirstTry(input) ? (await import('./run-start.ts')).runStart(input) : runScreen(input);
  }
  const load = loaders[command.name];
  if (load === undefined) throw new Error(`no code for the command ${command.name}`);
  return (await load())(input);
};
