/** Chains and their rules: what came, went, moved, with positions; counters are no difference. */
import type { Graph } from '../../graph/graph.ts';
import { listChains } from '../rules/report-rules.ts';
import type { ChainEntry } from '../schemas/rules-schema.ts';
import { diffLines, type LineChange } from './diff-lines.ts';
import { added, changed, compareKeyed, type Difference, removed } from './difference.ts';
import { stableNames } from './stable-names.ts';

const keyOf = ({ netns, backend, family, table, chain }: ChainEntry): string =>
  [netns.name, backend === 'nft' ? 'nft' : backend, family, table, chain].join(' ');

const whereOf = ({ netns, family, table, chain }: ChainEntry) => ({
  netns: netns.name,
  subject: `${family} ${table} ${chain}`,
});

const rulesOf = (count: number): string => `${count} ${count === 1 ? 'rule' : 'rules'}`;

/** A rule that went at one place and came at another has moved: that may decide which of two wins. */
const tellRules = (chain: ChainEntry, changes: readonly LineChange[]): readonly Difference[] => {
  const where = { kind: 'rule' as const, ...whereOf(chain) };
  const came = changes.filter(({ change }) => change === 'added');
  const moved = new Set<LineChange>();
  return [
    ...changes
      .filter(({ change }) => change === 'removed')
      .map((gone): Difference => {
        const again = came.find((one) => one.text === gone.text && !moved.has(one));
        if (again === undefined) return { ...removed(where, `rule ${gone.index}: ${gone.text}`), before: gone.text };
        moved.add(again);
        return changed(where, `${gone.text}:`, `rule ${gone.index}`, `rule ${again.index}`);
      }),
    ...came
      .filter((one) => !moved.has(one))
      .map((one) => ({ ...added(where, `rule ${one.index}: ${one.text}`), after: one.text })),
  ];
};

/** `names`: netns whose rules were read in both pictures. */
export const diffRules = (before: Graph, after: Graph, names: ReadonlySet<string>): readonly Difference[] => {
  const chains = (graph: Graph): ReadonlyMap<string, ChainEntry> => {
    const { inText } = stableNames(graph);
    return new Map(
      listChains(graph)
        .filter(({ netns }) => names.has(netns.name))
        .map((chain) => [
          keyOf(chain),
          { ...chain, rules: chain.rules.map((rule) => ({ ...rule, rule: inText(rule.rule) })) },
        ]),
    );
  };
  return compareKeyed(chains(before), chains(after), {
    gone: (_key, chain) => [removed({ kind: 'chain', ...whereOf(chain) }, `with ${rulesOf(chain.rules.length)}`)],
    came: (_key, chain) => [
      added({ kind: 'chain', ...whereOf(chain) }, `with ${rulesOf(chain.rules.length)}`),
      ...chain.rules.map(({ index, rule }) => ({
        ...added({ kind: 'rule', ...whereOf(chain) }, `rule ${index}: ${rule}`),
        after: rule,
      })),
    ],
    both: (_key, old, now) => [
      ...(old.policy === now.policy
        ? []
        : [changed({ kind: 'chain', ...whereOf(now) }, 'policy', old.policy ?? 'none', now.policy ?? 'none')]),
      ...tellRules(
        now,
        diffLines(
          old.rules.map(({ rule }) => rule),
          now.rules.map(({ rule }) => rule),
        ),
      ),
    ],
  });
};
