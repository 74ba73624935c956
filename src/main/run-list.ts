/** `vethscope list`. */
import type { ListKind } from '../cli-options.ts';
import type { NetnsPart } from '../host/host.ts';
import { formatGaps } from '../report/format-gaps.ts';
import { listDocument, lists } from '../report/list/report-list.ts';
import type { Graph } from '../session.ts';
import { type RunCommand, withGraph, writeJson } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

type GraphList = Exclude<ListKind, 'findings'>;

/** Only what the rows show is read: a list of links of a thousand netns must not wait for their rules. */
const parts: Readonly<Record<GraphList, readonly NetnsPart[]>> = {
  containers: ['briefLinks', 'addresses'],
  netns: ['links'],
  links: ['briefLinks', 'addresses'],
  bridges: ['links', 'addresses'],
  networks: ['links', 'addresses'],
  pools: ['briefLinks', 'routes'],
  ports: ['links', 'addresses', 'sockets', 'ruleset'],
  routes: ['links', 'routes'],
  rules: ['links', 'addresses', 'ruleset'],
};

const factOf: Readonly<Record<GraphList, 'links' | 'routes' | 'ruleset' | 'engine'>> = {
  containers: 'engine',
  netns: 'links',
  links: 'links',
  bridges: 'links',
  networks: 'engine',
  pools: 'engine',
  ports: 'engine',
  routes: 'routes',
  rules: 'ruleset',
};

/** An empty list is an answer only when the facts it is made of were there to be read. */
const couldTell = (graph: Graph, kind: GraphList, socketNamed: boolean): boolean => {
  const fact = factOf[kind];
  if (fact !== 'engine') return [...graph.netns.values()].some((netns) => netns.facts[fact] !== undefined);
  const answered = [...graph.hosts.values()].some((host) => host.engines.length > 0);
  return answered || (!socketNamed && !graph.gaps.some((gap) => /docker|podman|engine/i.test(gap.source)));
};

const exitCode = (graph: Graph, kind: GraphList, socketNamed: boolean): ExitCode =>
  couldTell(graph, kind, socketNamed) ? exitCodes.yes : exitCodes.cannotTell;

export const runList: RunCommand = async (input) => {
  const kind = (input.words[0] ?? 'containers') as ListKind;
  if (kind === 'findings') return (await import('./run-doctor.ts')).runListFindings(input);
  return withGraph(input, parts[kind], (graph) => {
    if (input.json) writeJson(input, listDocument(graph, kind));
    else {
      input.io.stdout.write(lists[kind].text(graph, input.style));
      input.io.stderr.write(formatGaps(graph, graph.gaps, input.style));
    }
    return exitCode(graph, kind, input.values.has('engine-socket'));
  });
};
