/** What a packet meets at one hook, in the kernel's order: filter chains, conntrack, nat chains. */
import type { Chain, Hook, Ruleset, RulesetFamily, Table } from '../model/ruleset.ts';
import type { HookedChain } from './hook-result.ts';

export type HookStage =
  /** Base chains of type filter and route, all on one side of conntrack and NAT. Evaluate them with evaluateChains. */
  | { readonly kind: 'chains'; readonly chains: readonly HookedChain[] }
  /** Conntrack looks the packet up (prerouting, output); nothing to evaluate. Always listed; needsConntrack says whether it is on. */
  | { readonly kind: 'conntrack' }
  /** Only for the first packet of a connection that has no mapping of this kind; the first chain that sets one wins. */
  | { readonly kind: 'nat'; readonly manip: 'dst' | 'src'; readonly chains: readonly HookedChain[] };

export interface HookStages {
  readonly stages: readonly HookStage[];
  /** Chains whose order cannot be known from the texts (legacy and nft at equal priority), one line each. Never changes a filter verdict. */
  readonly ambiguous: readonly string[];
}

export type PacketFamily = 'ip' | 'ip6' | 'bridge' | 'netdev';

const conntrackPriority = -200;

/** Base chains of a hook for packets of one family (inet tables included for ip and ip6). */
export function hookStages(ruleset: Ruleset, family: PacketFamily, hook: Hook): HookStages {
  const { chains, ambiguous } = baseChains(ruleset, family, hook);
  const nat = chains.filter(({ chain }) => chain.base?.type === 'nat');
  const others = chains.filter(({ chain }) => chain.base?.type !== 'nat');
  const stages: HookStage[] = [];
  let from = 0;
  const filterUpTo = (limit: number): void => {
    const next = others.findIndex((chain, n) => n >= from && chain.priority > limit);
    const end = next < 0 ? others.length : next;
    if (end > from) stages.push({ kind: 'chains', chains: others.slice(from, end) });
    from = end;
  };
  if (family !== 'bridge' && (hook === 'prerouting' || hook === 'output')) {
    filterUpTo(conntrackPriority - 1);
    stages.push({ kind: 'conntrack' });
  }
  const natAt = family === 'bridge' ? undefined : natPriorities[hook];
  if (natAt !== undefined) {
    filterUpTo(natAt - 1);
    stages.push({ kind: 'nat', manip: natAt < 0 ? 'dst' : 'src', chains: nat });
  }
  filterUpTo(Number.POSITIVE_INFINITY);
  return { stages, ambiguous };
}

/** NAT chains run here whatever priority they were given; it only orders them among themselves (nf_nat_register_fn). */
const natPriorities: Readonly<Partial<Record<Hook, number>>> = {
  prerouting: -100,
  output: -100,
  input: 100,
  postrouting: 100,
};

const families: Readonly<Record<PacketFamily, readonly RulesetFamily[]>> = {
  ip: ['ip', 'inet'],
  ip6: ['ip6', 'inet'],
  bridge: ['bridge'],
  netdev: ['netdev', 'inet'],
};

/** As the kernel runs them, with NAT chains at their real priority. */
export function baseChains(
  ruleset: Ruleset,
  family: PacketFamily,
  hook: Hook,
): { readonly chains: readonly HookedChain[]; readonly ambiguous: readonly string[] } {
  const found: { readonly hooked: HookedChain; readonly own: number }[] = [];
  for (const table of ruleset.tables) {
    if (!families[family].includes(table.family) || table.flags?.includes('dormant') === true) continue;
    for (const chain of table.chains.values()) {
      const { base } = chain;
      if (base === undefined || base.hook !== hook) continue;
      const natAt = base.type === 'nat' && family !== 'bridge' ? natPriorities[hook] : undefined;
      found.push({ hooked: { table, chain, priority: natAt ?? base.priority }, own: base.priority });
    }
  }
  const order = ruleset.hookOrder?.[`${family} ${hook}`];
  const rank = (chain: HookedChain): number => order?.indexOf(chainKey(chain.table, chain.chain)) ?? -1;
  // At equal priority the chain registered last runs first (nf_hook_entries_grow: reg->priority > orig->priority).
  found.sort(
    (a, b) =>
      a.hooked.priority - b.hooked.priority ||
      a.own - b.own ||
      (rank(a.hooked) >= 0 && rank(b.hooked) >= 0 ? rank(a.hooked) - rank(b.hooked) : 0) ||
      b.hooked.table.position - a.hooked.table.position,
  );
  const ambiguous: string[] = [];
  for (let n = 1; n < found.length; n++) {
    const [a, b] = [found[n - 1]!, found[n]!];
    const settled =
      a.own !== b.own || a.hooked.table === b.hooked.table || (rank(a.hooked) >= 0 && rank(b.hooked) >= 0);
    if (settled || !mixesBackends(a.hooked.table, b.hooked.table)) continue;
    ambiguous.push(
      `${chainText(a.hooked)} and ${chainText(b.hooked)} have the same priority; which runs first is not shown by their tools`,
    );
  }
  return { chains: found.map(({ hooked }) => hooked), ambiguous };
}

const mixesBackends = (a: Table, b: Table): boolean =>
  (a.backend === 'iptables-legacy') !== (b.backend === 'iptables-legacy');

/** How a chain is called in the ruleset's hook order. */
export const chainKey = (table: Table, chain: Chain): string =>
  table.backend === 'iptables-legacy' ? `legacy ${table.name}` : `${table.family} ${table.name} ${chain.name}`;

const chainText = ({ table, chain }: HookedChain): string => `${table.backend} ${table.name} ${chain.name}`;
