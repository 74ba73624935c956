/** `vethscope rules [ENDPOINT]`. */

import { formatGaps } from '../report/format-gaps.ts';
import { formatRules } from '../report/rules/format-rules.ts';
import { listChains, rulesDocument } from '../report/rules/report-rules.ts';
import { findRulesSubject } from '../report/rules/rules-subject.ts';
import { type RunCommand, withGraph, writeJson } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { tellFailure } from './tell-failure.ts';

export const runRules: RunCommand = async (input) => {
  const [endpoint] = input.words;
  return withGraph(input, ['links', 'addresses', 'ruleset'], (graph, session) => {
    const subject = endpoint === undefined ? undefined : findRulesSubject(graph, endpoint, session.locate([endpoint]));
    if (endpoint !== undefined && subject === undefined)
      return tellFailure(input, `${endpoint}: no container, netns or address of that name`, exitCodes.no);
    const chains = listChains(graph, subject);
    if (input.json) writeJson(input, rulesDocument(graph, endpoint, chains));
    else {
      input.io.stdout.write(formatRules(chains, input.style));
      input.io.stderr.write(formatGaps(graph, graph.gaps, input.style));
    }
    return [...graph.netns.values()].some((netns) => netns.facts.ruleset !== undefined)
      ? exitCodes.yes
      : exitCodes.cannotTell;
  });
};
