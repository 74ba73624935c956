/** Tables and chains out of iptables-save or nft text, statements left empty: recognisers look at names and texts alone. */
import type {
  BaseChain,
  Chain,
  Hook,
  Rule,
  Ruleset,
  RulesetBackend,
  RulesetFamily,
  Table,
} from '../../src/model/ruleset.ts';

const comments = (text: string): string[] =>
  [...text.matchAll(/(?:--comment |\bcomment (?="))(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map((match) =>
    (match[1] ?? match[2] ?? '').replace(/\\(.)/g, '$1'),
  );

interface Draft {
  readonly chains: Map<string, { base?: BaseChain; rules: Rule[] }>;
}

function chainOf(draft: Draft, name: string) {
  const before = draft.chains.get(name) ?? { rules: [] };
  draft.chains.set(name, before);
  return before;
}

function addRule(draft: Draft, chain: string, text: string): void {
  const { rules } = chainOf(draft, chain);
  rules.push({ index: rules.length + 1, text, comments: comments(text), statements: [] } as unknown as Rule);
}

function finish(draft: Draft, backend: RulesetBackend, family: RulesetFamily, name: string, position: number): Table {
  const chains = new Map<string, Chain>();
  for (const [chain, { base, rules }] of draft.chains)
    chains.set(chain, { name: chain, ...(base === undefined ? {} : { base }), rules });
  return { backend, family, name, chains, sets: new Map(), position };
}

/** `*filter`, `:FORWARD DROP [0:0]`, `-A FORWARD …`, with counters in front or not. */
export function rulesetFromSave(
  text: string,
  family: RulesetFamily = 'ip',
  backend: RulesetBackend = 'iptables-nft',
): Ruleset {
  const tables: Table[] = [];
  let name = 'filter';
  let draft: Draft = { chains: new Map() };
  const end = () => {
    if (draft.chains.size > 0) tables.push(finish(draft, backend, family, name, tables.length));
    draft = { chains: new Map() };
  };
  for (const raw of text.split('\n')) {
    const line = raw.replace(/^\[\d+:\d+\] /, '').trim();
    const policy = /^(?::(\S+) (\S+)|-P (\S+) (\S+))/.exec(line);
    const chain = /^-[AN] (\S+)/.exec(line)?.[1];
    if (line.startsWith('*')) {
      end();
      name = line.slice(1);
    } else if (policy !== null) {
      const which = policy[1] ?? policy[3]!;
      const what = policy[2] ?? policy[4]!;
      const made = chainOf(draft, which);
      if (what !== '-') {
        const hook = which.toLowerCase() as Hook;
        made.base = { type: 'filter', hook, priority: 0, policy: what === 'DROP' ? 'drop' : 'accept' };
      }
    } else if (chain !== undefined) {
      if (line.startsWith('-A')) addRule(draft, chain, line);
      else chainOf(draft, chain);
    }
  }
  end();
  return { tables, ipsets: new Map(), gaps: [] };
}

/** `nft list ruleset`: sets and maps are left out. */
export function rulesetFromNft(text: string): Ruleset {
  const tables: Table[] = [];
  let draft: Draft = { chains: new Map() };
  let table: { family: RulesetFamily; name: string } | undefined;
  let chain: string | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const opened = /^table (\S+) (\S+) \{/.exec(line);
    const inner = /^(chain|set|map) (\S+) \{/.exec(line);
    const base = /^type (\w+) hook (\w+) .*policy (\w+);/.exec(line);
    if (opened !== null) {
      table = { family: opened[1] as RulesetFamily, name: opened[2]! };
      draft = { chains: new Map() };
    } else if (inner !== null) {
      chain = inner[1] === 'chain' ? inner[2]! : undefined;
      if (chain !== undefined) chainOf(draft, chain);
    } else if (line === '}' && /^\t?\}$/.test(raw) && raw.startsWith('\t')) {
      chain = undefined;
    } else if (line === '}' && table !== undefined) {
      tables.push(finish(draft, 'nft', table.family, table.name, tables.length));
      table = undefined;
    } else if (base !== null && chain !== undefined) {
      chainOf(draft, chain).base = {
        type: base[1] as 'filter',
        hook: base[2] as Hook,
        priority: 0,
        policy: base[3] as 'accept',
      };
    } else if (chain !== undefined && line !== '' && !line.startsWith('#')) {
      addRule(draft, chain, line);
    }
  }
  return { tables, ipsets: new Map(), gaps: [] };
}
