/** A graph made ready for tracing, with what-if changes; the plain one is kept as long as its graph lives. */
import type { Graph, LinkNode } from '../graph/graph.ts';
import type { LinkId, NetnsId } from '../model/ids.ts';
import { compileRuleset } from './hooks/compile-ruleset.ts';
import { withOvsLinks } from './layer2/with-ovs-links.ts';
import { withSysctl } from './sysctls.ts';
import { withDaemonLinks } from './tunnels/with-daemon-links.ts';
import type { NetnsView, WhatIf, World } from './world.ts';
import { buildNetnsView } from './world.ts';

const worlds = new WeakMap<Graph, World>();

/** `web:net.ipv4…` concerns that netns; a bare key the host's own. */
const appliesTo = (graph: Graph, id: NetnsId, key: string): string | undefined => {
  const node = graph.netns.get(id)!;
  const colon = key.indexOf(':');
  if (colon < 0) return node.facts.isHost ? key : undefined;
  const named = key.slice(0, colon);
  return named === node.name || named === node.ownName ? key.slice(colon + 1) : undefined;
};

/** Does a what-if change anything that is there? Where a netns' sysctls were not read, it cannot be told, and may. */
export const isSysctlSomewhere = (graph: Graph, key: string): boolean =>
  [...graph.netns].some(([id, { facts }]) => {
    const name = appliesTo(graph, id, key)?.replace(/^net\./, '');
    return name !== undefined && (facts.sysctls === undefined || name in facts.sysctls);
  });

const changedSysctls = (graph: Graph, id: NetnsId, changes: WhatIf['sysctls']) => {
  let { sysctls } = graph.netns.get(id)!.facts;
  if (sysctls === undefined) return undefined;
  for (const [key, value] of Object.entries(changes)) {
    const name = appliesTo(graph, id, key);
    if (name !== undefined) sysctls = withSysctl(sysctls, name, value);
  }
  return sysctls;
};

const build = (plain: Graph, whatIf: WhatIf): World => {
  const graph = withDaemonLinks(withOvsLinks(plain));
  const views = new Map<NetnsId, NetnsView>();
  const link = (id: LinkId): LinkNode => {
    const found = graph.links.get(id);
    if (found === undefined) throw new Error(`link ${id} is not in the graph`);
    return found;
  };
  const view = (id: NetnsId): NetnsView => {
    const known = views.get(id);
    if (known !== undefined) return known;
    const node = graph.netns.get(id);
    if (node === undefined) throw new Error(`netns ${id} is not in the graph`);
    const made = buildNetnsView(graph, node, changedSysctls(graph, id, whatIf.sysctls), () =>
      compileRuleset(node, whatIf.without),
    );
    views.set(id, made);
    return made;
  };
  return { graph, whatIf, view, link, memo: new Map(), terse: false };
};

export const buildWorld = (graph: Graph, whatIf: WhatIf = { without: [], sysctls: {} }): World => {
  if (whatIf.without.length > 0 || Object.keys(whatIf.sysctls).length > 0) return build(graph, whatIf);
  const known = worlds.get(graph);
  if (known !== undefined) return known;
  const world = build(graph, whatIf);
  worlds.set(graph, world);
  return world;
};
