/** `vethscope locate`. */
import type { NetnsPart } from '../host/host.ts';
import { formatGaps } from '../report/format-gaps.ts';
import { formatLocate } from '../report/format-locate.ts';
import { locateDocument } from '../report/report-locate.ts';
import type { Graph, Located } from '../session.ts';
import { type RunCommand, withGraph, writeJson } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { tellFailure } from './tell-failure.ts';

/** Rules tell which of several links a published port leads to, so they are read when a word could be a port. */
const partsFor = (words: readonly string[]): readonly NetnsPart[] =>
  words.some((word) => /(^|:)\d{1,5}(\/\w+)?$/.test(word)) ? ['links', 'addresses', 'ruleset'] : ['links', 'addresses'];

/** Not found where we may not look is no proof that it is not there. */
const exitCode = (graph: Graph, found: readonly Located[]): ExitCode => {
  if (found.length === 0)
    return graph.gaps.some((gap) => gap.reason === 'forbidden') ? exitCodes.cannotTell : exitCodes.no;
  return found.some((one) => one.certainty === 'exact') ? exitCodes.yes : exitCodes.cannotTell;
};

export const runLocate: RunCommand = async (input) =>
  withGraph(input, partsFor(input.words), (graph, session) => {
    const found = session.locate(input.words);
    const code = exitCode(graph, found);
    const document = locateDocument(graph, input.words, found);
    if (input.json) writeJson(input, document);
    else if (found.length > 0) input.io.stdout.write(formatLocate(document.matches, input.style));
    else tellFailure(input, `${input.words.join(' ')}: nothing here goes by that name`, code);
    if (!input.json && code === exitCodes.cannotTell) input.io.stderr.write(formatGaps(graph, graph.gaps, input.style));
    return code;
  });
