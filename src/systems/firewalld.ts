/** firewalld, with its nftables and with its iptables backend. */
import { type Label, labelOf, type RuleSubject, type System } from './system.ts';

const firewalld = labelOf('firewalld');

const directions: Readonly<Record<string, string>> = {
  INPUT: 'packets for this host',
  FORWARD: 'packets that pass through',
  OUTPUT: 'packets made on this host',
  PREROUTING: 'packets that come in, before routing',
  POSTROUTING: 'packets on their way out',
};

const short: Readonly<Record<string, string>> = {
  IN: 'packets for this host',
  FWD: 'packets that pass through',
  FWDI: 'packets that pass through, coming from',
  FWDO: 'packets that pass through, going to',
  OUT: 'packets made on this host',
  PRE: 'packets that come in',
  POST: 'packets on their way out',
};

const stages: Readonly<Record<string, string>> = {
  pre: 'rules with a negative priority of',
  log: 'log rules of',
  deny: 'deny and reject rules of',
  allow: 'services and ports let in by',
  post: 'rules with a positive priority of',
};

const ends: Readonly<Record<string, string>> = {
  ZONES: 'finds the zone of the link or source',
  ZONES_SOURCE: 'finds the zone of the source address',
  POLICIES_pre: 'policies asked before the zones',
  POLICIES_post: 'policies asked after the zones',
  direct: 'direct rules (firewall-cmd --direct)',
};

/** `filter_IN_public_allow` in nft, `IN_public_allow` in iptables; undefined: not one of firewalld's names. */
export function purposeOfFirewalldChain(name: string, zones: (name: string) => boolean): string | undefined {
  const bare = name.replace(/^(filter|nat|mangle|raw)_/, '');
  const hook = /^(INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING)(?:_(.+))?$/.exec(bare);
  if (hook !== null) {
    const packets = directions[hook[1]!]!;
    if (hook[2] === undefined) return name === bare ? undefined : `decides about ${packets}`;
    const end = ends[hook[2]];
    return end === undefined ? undefined : `${end}, for ${packets}`;
  }
  const zone = /^(IN|FWDI|FWDO|FWD|OUT|PRE|POST)_(.+?)(?:_(pre|log|deny|allow|post))?$/.exec(bare);
  if (zone === null || !zones(bare)) return undefined;
  const packets = short[zone[1]!]!;
  const what = `zone or policy ${zone[2]}`;
  return zone[3] === undefined ? `${what}: ${packets}` : `${stages[zone[3]]!} ${what}: ${packets}`;
}

const knownTails = /_(pre|log|deny|allow|post)$/;

export const firewalldSystem: System = {
  name: 'firewalld',
  labelTable({ table }) {
    return table.backend === 'nft' && table.name === 'firewalld'
      ? firewalld("firewalld's rules: zones and policies")
      : undefined;
  },
  labelChain({ table, chain }) {
    if (table.backend === 'nft' ? table.name !== 'firewalld' : !hasFirewalldChains(table.chains)) return undefined;
    const named = (name: string) => knownTails.test(name) || hasStages(table.chains, chain.name);
    const purpose = purposeOfFirewalldChain(chain.name, named);
    if (purpose !== undefined) return firewalld(purpose);
    if (/RFC3964_IPv4/.test(chain.name))
      return firewalld('refuses 6to4 packets that carry an address not meant for the Internet');
    return table.backend === 'nft' && table.name === 'firewalld'
      ? firewalld('a firewalld chain of a kind not known here')
      : undefined;
  },
  labelRule(subject): Label | undefined {
    const { table, chain, words, rule, names } = subject;
    const ours = table.backend === 'nft' ? table.name === 'firewalld' : hasFirewalldChains(table.chains);
    if (!ours) return undefined;
    const zone =
      /^(?:filter_|nat_|mangle_)?(?:IN|FWDI|FWDO|FWD|OUT|PRE|POST)_(.+?)(?:_(?:pre|log|deny|allow|post))?$/.exec(
        words.target ?? '',
      );
    if (zone !== null) {
      const link = words.in ?? words.out;
      if (link !== undefined) return firewalld(`${names.link(link.value)} is in zone ${zone[1]}`);
      if (words.src !== undefined) return firewalld(`source ${words.src.value} is in zone ${zone[1]}`);
      return firewalld(`goes to zone or policy ${zone[1]}`);
    }
    if (table.backend === 'nft' && /ct status dnat/.test(rule.text))
      return firewalld('accepts connections that were given another destination: published ports');
    if (table.backend === 'nft') return firewalld('a firewalld rule');
    const inside = purposeOfFirewalldChain(chain.name, () => true);
    if (inside !== undefined) return firewalld(inside);
    return labelBuiltin(subject);
  },
};

/** firewalld's iptables backend owns the built-in chains; others insert theirs before. */
function labelBuiltin({ chain, words, rule }: RuleSubject): Label | undefined {
  const likely = labelOf('firewalld', 'likely');
  const end = purposeOfFirewalldChain(words.target ?? '', () => true);
  if (end !== undefined) return firewalld(end);
  if (words.target === 'LOG' && /--log-prefix "?\w+_(DROP|REJECT): /.test(rule.text))
    return firewalld('writes what is about to be refused to the log');
  if (words.all.has('validmark'))
    return firewalld('drops packets whose source is not reached by the link they came from');
  if (!['INPUT', 'FORWARD', 'OUTPUT', 'PREROUTING'].includes(chain.name)) return undefined;
  if (words.ctstate?.value === 'RELATED,ESTABLISHED,DNAT') return firewalld('lets replies and published ports through');
  if (words.ctstate?.value === 'INVALID' && words.target === 'DROP')
    return likely('drops what belongs to no connection');
  if (words.target === 'REJECT' && words.src === undefined && words.dst === undefined && words.in === undefined)
    return likely('refuses what no zone accepted');
  return undefined;
}

function hasFirewalldChains(chains: ReadonlyMap<string, unknown>): boolean {
  return (
    chains.has('INPUT_ZONES') ||
    chains.has('PREROUTING_ZONES') ||
    chains.has('OUTPUT_direct') ||
    chains.has('POSTROUTING_ZONES')
  );
}

function hasStages(chains: ReadonlyMap<string, unknown>, name: string): boolean {
  return chains.has(`${name}_allow`) || chains.has(`${name}_deny`);
}
