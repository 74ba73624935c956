/** A watch as a document. */
import type { Graph } from '../../graph/graph.ts';
import type { WatchAccount, WatchGroup } from '../../live/watch/watch-account.ts';
import { makeHead } from '../document.ts';
import { containerRef, linkEnd, netnsRef, optional } from '../refs.ts';
import type { WatchGroupEntry } from '../schemas/watch-schema.ts';
import { directionOf, stepOf } from '../trace/trace-document.ts';

const time = (at: number): string => new Date(at).toISOString();

const groupEntry = (graph: Graph, group: WatchGroup): WatchGroupEntry => {
  const container = group.container === undefined ? undefined : graph.containers.get(group.container);
  const link = group.link === undefined ? undefined : graph.links.get(group.link);
  return {
    kind: group.kind,
    ...optional('direction', group.direction),
    outcome: group.outcome,
    text: group.text,
    count: group.count,
    perSecond: group.perSecond,
    firstAt: time(group.firstAt),
    lastAt: time(group.lastAt),
    ...optional('netns', group.netns && netnsRef(graph, group.netns)),
    ...optional('container', container && containerRef(container)),
    ...optional('link', link && linkEnd(graph, link)),
    ...optional('flags', group.flags && [...group.flags]),
    ...optional('way', group.way && directionOf(graph, group.way)),
    ...optional('decidedBy', group.decidedBy && stepOf(group.decidedBy)),
    ...optional('drop', group.drop),
  };
};

export const watchDocument = (graph: Graph, account: WatchAccount) => ({
  ...makeHead('watch', graph, [...graph.gaps, ...account.gaps]),
  ...optional('flow', account.flow),
  ...optional('model', account.model),
  announced: account.announced,
  startedAt: time(account.startedAt),
  endedAt: time(account.at),
  durationMs: account.durationMs,
  ...optional(
    'armed',
    account.armed && {
      traced: account.armed.traced.map((id) => netnsRef(graph, id)),
      connections: account.armed.connections.map((id) => netnsRef(graph, id)),
      drops: account.armed.drops,
    },
  ),
  groups: account.groups.map((group) => groupEntry(graph, group)),
  unanswered: account.unanswered,
  leftOut: account.leftOut,
});
