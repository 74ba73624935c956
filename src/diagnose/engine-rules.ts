/** Finds the rules an engine needs for a bridge, in whichever layout and backend it writes them. */
import type { Chain, Rule, Ruleset, RulesetFamily, Table } from '../model/ruleset.ts';
import { type DockerRules, findDockerRules } from '../systems/docker-layout.ts';
import { type RuleWords, readRuleWords } from '../systems/rule-words.ts';

export interface ReadRule {
  readonly table: Table;
  readonly chain: Chain;
  readonly rule: Rule;
  readonly words: RuleWords;
}

const wordsOf = new WeakMap<Rule, RuleWords>();

export function readRule(table: Table, rule: Rule): RuleWords {
  const known = wordsOf.get(rule) ?? readRuleWords(rule.text, table.backend === 'nft' ? 'nft' : 'iptables');
  wordsOf.set(rule, known);
  return known;
}

export const tablesOf = (ruleset: Ruleset, family: RulesetFamily, name: string): readonly Table[] =>
  ruleset.tables.filter((table) => table.family === family && table.name === name);

/** Rules of one chain of every iptables table of that name, in both backends. */
export function rulesIn(
  ruleset: Ruleset,
  family: RulesetFamily,
  tableName: string,
  chainName: string,
): readonly ReadRule[] {
  return tablesOf(ruleset, family, tableName).flatMap((table) => {
    const chain = table.chains.get(chainName);
    return chain === undefined ? [] : chain.rules.map((rule) => ({ table, chain, rule, words: readRule(table, rule) }));
  });
}

export function allRules(ruleset: Ruleset, accept: (table: Table) => boolean): readonly ReadRule[] {
  return ruleset.tables
    .filter(accept)
    .flatMap((table) =>
      [...table.chains.values()].flatMap((chain) =>
        chain.rules.map((rule) => ({ table, chain, rule, words: readRule(table, rule) })),
      ),
    );
}

/** How Docker's rules stand in the netns, for IPv4. */
export const dockerRulesOf = (ruleset: Ruleset): readonly DockerRules[] =>
  findDockerRules(ruleset).filter((rules) => rules.family === 'ip');

/** Names of the chain that a FORWARD rule must lead to, and that must say something about the bridge. */
const bridgeChains = new Set([
  'FORWARD',
  'DOCKER',
  'DOCKER-FORWARD',
  'DOCKER-CT',
  'DOCKER-BRIDGE',
  'DOCKER-ISOLATION-STAGE-1',
  'DOCKER-ISOLATION-STAGE-2',
  'DOCKER-ISOLATION',
  'DOCKER-INTERNAL',
]);

/** Rules about a bridge in Docker's filter chains: `accepts` what leaves it, `replies` back to it. undefined: native nft tables decide. */
export function bridgeRules(
  ruleset: Ruleset,
  ifname: string,
): { readonly accepts: boolean; readonly replies: boolean } {
  let accepts = false;
  let replies = false;
  for (const { table, chain, words } of allRules(
    ruleset,
    (one) => one.family === 'ip' && one.name === 'filter' && one.backend !== 'nft',
  )) {
    if (!bridgeChains.has(chain.name) || table.backend === 'nft') continue;
    if (
      words.in?.value === ifname &&
      !words.in.not &&
      (words.target === 'ACCEPT' || words.target === 'DROP') &&
      words.dst === undefined
    )
      accepts = true;
    if (words.out?.value === ifname && !words.out.not && words.target === 'ACCEPT' && words.ctstate !== undefined)
      replies = true;
    if (
      words.target === 'ACCEPT' &&
      words.ctstate !== undefined &&
      /docker-ext-bridges/.test(words.all.get('match-set')?.value ?? '')
    )
      replies = true;
  }
  return { accepts, replies };
}
