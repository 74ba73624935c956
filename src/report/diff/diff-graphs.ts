/** Everything that is not the same in two pictures of a host, and what could not be compared. */
import type { Graph, NetnsNode } from '../../graph/graph.ts';
import type { Gap } from '../../model/gap.ts';
import type { Route } from '../../model/route.ts';
import { formatPolicyRule, formatRoute } from '../../trace/routing/format-route.ts';
import { diffEngine } from './diff-engine.ts';
import { diffLinks } from './diff-links.ts';
import { diffRules } from './diff-rules.ts';
import { added, compareFields, compareKeyed, compareSets, type Difference, removed } from './difference.ts';
import { stableNames } from './stable-names.ts';

export interface GraphDiff {
  readonly differences: readonly Difference[];
  /** What one of the two has not read. */
  readonly gaps: readonly Gap[];
}

type Fact = 'links' | 'routes' | 'routes6' | 'policyRules' | 'sysctls' | 'ruleset';

const byName = (graph: Graph): ReadonlyMap<string, NetnsNode> =>
  new Map([...graph.netns.values()].map((node) => [node.name, node]));

/** Switches of one link come and go with it, and say nothing of their own. */
const ownSysctls = ({ facts }: NetnsNode, ifnames: ReadonlySet<string>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(facts.sysctls ?? {}).filter(([name]) => {
      if (name === 'netfilter.nf_conntrack_count') return false;
      const link = /^ipv[46]\.(?:conf|neigh)\.(.+)\.[^.]+$/.exec(name)?.[1];
      return link === undefined || ifnames.has(link);
    }),
  );

const commonLinks = (before: Graph, after: Graph, [old, now]: readonly [NetnsNode, NetnsNode]): ReadonlySet<string> => {
  const names = (graph: Graph, node: NetnsNode) => node.links.map((id) => graph.links.get(id)?.facts.ifname ?? '');
  const known = new Set(names(before, old));
  return new Set(['all', 'default', ...names(after, now).filter((name) => known.has(name))]);
};

/** Local and link-local routes come with addresses and links. */
const routeLines = (graph: Graph, routes: readonly Route[]): readonly string[] => {
  const { inText } = stableNames(graph);
  return (
    routes
      .filter(({ table, dst }) => table !== 'local' && !/^(fe80:|ff00:)/.test(dst))
      // Whether a link has carrier is told of the link.
      .map((route) => inText(formatRoute(route).replace(/ (?:linkdown|dead)\b/g, '')))
  );
};

const diffNetns = (before: Graph, after: Graph, old: NetnsNode, now: NetnsNode): readonly Difference[] => {
  const netns = now.name;
  const have = (fact: Fact): boolean => old.facts[fact] !== undefined && now.facts[fact] !== undefined;
  const lines = <T>(list: readonly T[] | undefined, format: (one: T) => string) => (list ?? []).map(format);
  const ifnames = commonLinks(before, after, [old, now]);
  return [
    ...(['routes', 'routes6'] as const).flatMap((fact) =>
      have(fact)
        ? compareSets(
            { kind: 'route', netns, subject: netns },
            routeLines(before, old.facts[fact] ?? []),
            routeLines(after, now.facts[fact] ?? []),
          )
        : [],
    ),
    ...(have('policyRules')
      ? compareSets(
          { kind: 'policy rule', netns, subject: netns },
          lines(old.facts.policyRules, formatPolicyRule),
          lines(now.facts.policyRules, formatPolicyRule),
        )
      : []),
    ...(have('sysctls')
      ? compareFields({ kind: 'sysctl', netns, subject: netns }, ownSysctls(old, ifnames), ownSysctls(now, ifnames))
      : []),
  ];
};

const factWords: Readonly<Record<Fact, string>> = {
  links: 'links',
  routes: 'IPv4 routes',
  routes6: 'IPv6 routes',
  policyRules: 'policy rules',
  sysctls: 'sysctls',
  ruleset: 'firewall rules',
};

const gapsOf = (old: NetnsNode, now: NetnsNode): readonly Gap[] =>
  (Object.keys(factWords) as Fact[]).flatMap((fact): readonly Gap[] => {
    const [inOld, inNow] = [old.facts[fact] !== undefined, now.facts[fact] !== undefined];
    if (inOld && inNow) return [];
    const which = inOld ? 'in the later picture' : inNow ? 'in the earlier picture' : 'in either picture';
    return [
      {
        source: 'diff',
        netns: now.id,
        reason: 'missing',
        detail: `the ${factWords[fact]} of ${now.name} were not read ${which}`,
      },
    ];
  });

/** `names`: netns that have this in both pictures. */
const namesWith = (fact: Fact, pairs: readonly (readonly [NetnsNode, NetnsNode])[]): ReadonlySet<string> =>
  new Set(
    pairs
      .filter(([old, now]) => old.facts[fact] !== undefined && now.facts[fact] !== undefined)
      .map(([, now]) => now.name),
  );

/** Namespaces are matched by what they are called: host, container, mount, process. */
export const diffGraphs = (before: Graph, after: Graph): GraphDiff => {
  const [old, now] = [byName(before), byName(after)];
  const pairs = [...now].flatMap(([name, node]): readonly (readonly [NetnsNode, NetnsNode])[] => {
    const known = old.get(name);
    return known === undefined ? [] : [[known, node]];
  });
  const netns = compareKeyed(old, now, {
    gone: (subject, node) => [removed({ kind: 'netns', subject }, `with ${node.links.length} links`)],
    came: (subject, node) => [added({ kind: 'netns', subject }, `with ${node.links.length} links`)],
    both: () => [],
  });
  return {
    differences: [
      ...diffEngine(before, after),
      ...netns,
      ...diffLinks(before, after, namesWith('links', pairs)),
      ...pairs.flatMap(([one, other]) => diffNetns(before, after, one, other)),
      ...diffRules(before, after, namesWith('ruleset', pairs)),
    ],
    gaps: pairs.flatMap(([one, other]) => gapsOf(one, other)),
  };
};
