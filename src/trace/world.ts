/** The graph arranged for tracing: one view per netns with everything compiled once and look-ups remembered. */
import type { Graph, LinkNode, NetnsNode } from '../graph/graph.ts';
import type { LinkId, NetnsId } from '../model/ids.ts';
import type { PolicyRule, Route } from '../model/route.ts';
import type { CompiledRuleset } from './hooks/compile-ruleset.ts';
import type { RoutingTables } from './routing/compile-routes.ts';
import { compileRoutes } from './routing/compile-routes.ts';

export interface Routing {
  readonly tables: RoutingTables;
  /** Routes we could not read: look-ups in this family stay unknown. */
  readonly unread: readonly Route[];
}

export interface NetnsView {
  readonly node: NetnsNode;
  readonly links: readonly LinkNode[];
  readonly linkByName: ReadonlyMap<string, LinkNode>;
  readonly linkByIndex: ReadonlyMap<number, LinkNode>;
  /** With what-if changes; undefined: not read. */
  readonly sysctls: Readonly<Record<string, string>> | undefined;
  routing(family: 4 | 6): Routing | undefined;
  policyRules(family: 4 | 6): readonly PolicyRule[] | undefined;
  ruleset(): CompiledRuleset;
  /** Answers of pure look-ups, by a key the look-up makes up. */
  readonly memo: Map<string, unknown>;
}

/** What to change in the picture before tracing. */
export interface WhatIf {
  /** `table/chain/index`, `chain:index` or the rule's text. */
  readonly without: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
}

export interface World {
  readonly graph: Graph;
  /** Only the last step of a way is noted: a matrix asks for outcomes, not for paths. */
  readonly terse: boolean;
  readonly whatIf: WhatIf;
  view(id: NetnsId): NetnsView;
  link(id: LinkId): LinkNode;
  /** Answers that concern several netns (layer 2), by a key the look-up makes up. */
  readonly memo: Map<string, unknown>;
}

/** Remembers what `compute` answered, under a key of the caller's. */
export const remember = <T>(memo: Map<string, unknown>, key: string, compute: () => T): T => {
  if (memo.has(key)) return memo.get(key) as T;
  const value = compute();
  if (memo.size > memoLimit) memo.clear();
  memo.set(key, value);
  return value;
};

const memoLimit = 200_000;

const lazy = <T>(compute: () => T): (() => T) => {
  let value: { readonly it: T } | undefined;
  return () => {
    value ??= { it: compute() };
    return value.it;
  };
};

const familyName = (family: 4 | 6): 'inet' | 'inet6' => (family === 4 ? 'inet' : 'inet6');

export const buildNetnsView = (
  graph: Graph,
  node: NetnsNode,
  sysctls: Readonly<Record<string, string>> | undefined,
  compileRuleset: () => CompiledRuleset,
): NetnsView => {
  const links = node.links.map((id) => graph.links.get(id)).filter((link) => link !== undefined);
  const routesOf = (family: 4 | 6) => (family === 4 ? node.facts.routes : node.facts.routes6);
  const routing = ([4, 6] as const).map((family) =>
    lazy(() => {
      const routes = routesOf(family);
      return routes === undefined ? undefined : compileRoutes(family, routes);
    }),
  );
  const rules = ([4, 6] as const).map((family) =>
    lazy(() =>
      node.facts.policyRules
        ?.filter((rule) => rule.family === familyName(family))
        .sort((a, b) => a.priority - b.priority),
    ),
  );
  return {
    node,
    links,
    linkByName: new Map(links.map((link) => [link.facts.ifname, link])),
    linkByIndex: new Map(links.map((link) => [link.facts.ifindex, link])),
    sysctls,
    routing: (family) => routing[family === 4 ? 0 : 1]!(),
    policyRules: (family) => rules[family === 4 ? 0 : 1]!(),
    ruleset: lazy(compileRuleset),
    memo: new Map(),
  };
};

export const containerOf = (view: NetnsView): NetnsNode['containers'][number] | undefined => view.node.containers[0];
