/** Which layout of Docker's rules a netns has: told by what FORWARD really reaches, never by the engine's word alone. */
import type { Ruleset, RulesetBackend, RulesetFamily, Table } from '../model/ruleset.ts';

export type DockerLayout =
  /** One DOCKER-ISOLATION chain, no DOCKER-USER: 1.12, 1.13. */
  | 'isolation'
  /** DOCKER-USER and one DOCKER-ISOLATION chain: 17.06 to 18.03. */
  | 'user-isolation'
  /** DOCKER-ISOLATION-STAGE-1 and -2: 18.05 to 27. */
  | 'stages'
  /** Matches an ipset of the bridges' subnets: 28.0.0 alone. */
  | 'ipset'
  /** DOCKER-FORWARD with isolation stages: 28.0.1 to 28.5. */
  | 'forward'
  /** DOCKER-FORWARD and DOCKER-INTERNAL, no stages: 29 with iptables. */
  | 'forward-internal'
  /** Native table docker-bridges: 29 with the nftables backend. */
  | 'nftables'
  /** Docker's chains are there, but FORWARD leads to none of them. */
  | 'unreachable'
  /** Only DOCKER in nat: filter rules are switched off, lost, or never were. */
  | 'nat-only';

export interface DockerRules {
  readonly family: RulesetFamily;
  readonly backend: RulesetBackend;
  readonly layout: DockerLayout;
  /** Engine versions that write this layout, in words. */
  readonly versions: string;
}

const versions: Readonly<Record<DockerLayout, string>> = {
  isolation: '1.12 to 1.13',
  'user-isolation': '17.06 to 18.03',
  stages: '18.05 to 27',
  ipset: '28.0.0',
  forward: '28.0.1 to 28.5',
  'forward-internal': '29 and later',
  nftables: '29 and later',
  unreachable: 'unknown',
  'nat-only': 'unknown',
};

/** Chains a built-in chain jumps to, and whether one of its rules matches Docker's ipset. */
function reachedFrom(table: Table, chain: string): { readonly chains: ReadonlySet<string>; readonly ipset: boolean } {
  const chains = new Set<string>();
  let ipset = false;
  for (const rule of table.chains.get(chain)?.rules ?? []) {
    const target = / -[jg] (\S+)/.exec(rule.text)?.[1];
    if (target !== undefined) chains.add(target);
    ipset ||= / --match-set docker-ext-bridges-v[46] /.test(rule.text);
  }
  return { chains, ipset };
}

function layoutOfFilter(table: Table): DockerLayout | undefined {
  const { chains, ipset } = reachedFrom(table, 'FORWARD');
  if (chains.has('DOCKER-FORWARD')) {
    const inner = reachedFrom(table, 'DOCKER-FORWARD').chains;
    return inner.has('DOCKER-ISOLATION-STAGE-1') ? 'forward' : 'forward-internal';
  }
  if (ipset) return 'ipset';
  if (chains.has('DOCKER-ISOLATION-STAGE-1')) return 'stages';
  if (chains.has('DOCKER-ISOLATION')) return chains.has('DOCKER-USER') ? 'user-isolation' : 'isolation';
  if (chains.has('DOCKER')) return chains.has('DOCKER-USER') ? 'user-isolation' : 'isolation';
  return table.chains.has('DOCKER') || table.chains.has('DOCKER-FORWARD') ? 'unreachable' : undefined;
}

/** One entry for each family and backend that has Docker's rules; none: Docker has no rules in this netns. */
export function findDockerRules(ruleset: Ruleset): readonly DockerRules[] {
  const found: DockerRules[] = [];
  const add = (table: Table, layout: DockerLayout) =>
    found.push({ family: table.family, backend: table.backend, layout, versions: versions[layout] });
  for (const table of ruleset.tables) {
    if (table.backend === 'nft') {
      if (table.name === 'docker-bridges') add(table, 'nftables');
      continue;
    }
    if (table.name === 'filter') {
      const layout = layoutOfFilter(table);
      if (layout !== undefined) add(table, layout);
    }
  }
  for (const table of ruleset.tables) {
    if (table.backend === 'nft' || table.name !== 'nat' || !table.chains.has('DOCKER')) continue;
    const seen = found.some((rules) => rules.family === table.family && rules.backend === table.backend);
    if (!seen) add(table, 'nat-only');
  }
  return found;
}
