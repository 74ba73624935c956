/** What a tool's output is called when a person writes it down → its name in a recording; and whose it is, told by folder or prefix. */
import { readPrinted } from './printed/read-printed.ts';

/** Recorded name → names people give the tool's output, the best first. Words that say no more than how it was asked are left out before. */
const known: Readonly<Record<string, readonly string[]>> = {
  'links.json': ['ip-link', 'ip-l', 'link', 'links'],
  'addresses.json': ['ip-addr', 'ip-address', 'ip-a', 'ip', 'addr', 'address', 'addresses', 'ip-addresses', 'ipaddr'],
  'routes.json': ['ip-route', 'ip-r', 'ip-4-route', 'ip4-route', 'route', 'routes', 'ip-routes', 'iproute'],
  'routes6.json': ['ip6-route', 'ip-6-route', 'ip-route6', 'ip-route-6', 'route6', 'routes6', 'ip6-routes', 'ip-6-r'],
  'rules.json': ['ip-rule', 'ip-4-rule', 'ip4-rule', 'rule', 'rules', 'ip-rules'],
  'rules6.json': ['ip6-rule', 'ip-6-rule', 'ip-rule6', 'ip-rule-6', 'rules6'],
  'neighbours.json': ['ip-neigh', 'ip-neighbour', 'ip-neighbor', 'ip-n', 'neigh', 'neighbours', 'neighbors'],
  'fdb.json': ['bridge-fdb', 'fdb'],
  'vlans.json': ['bridge-vlan', 'vlan', 'vlans'],
  'ports.json': ['bridge-link', 'bridge-links'],
  'brctl.json': ['brctl', 'bridges'],
  'sysctls.txt': ['sysctl', 'sysctls', 'sysctl-a', 'sysctl-net'],
  'ss.txt': ['ss', 'ss-lntup', 'ss-tulpn', 'ss-tlnp', 'ss-ltnp', 'ss-lntp', 'ss-peaonmi', 'sockets'],
  'ip_vs.txt': ['ip-vs', 'ipvs', 'proc-net-ip-vs'],
  'nft.json': ['nft', 'nft-ruleset', 'nftables', 'ruleset', 'nft-a-ruleset'],
  'iptables-save.txt': ['iptables-save', 'iptables-nft-save', 'iptables'],
  'ip6tables-save.txt': ['ip6tables-save', 'ip6tables-nft-save', 'ip6tables'],
  'iptables-legacy-save.txt': ['iptables-legacy-save', 'iptables-save-legacy', 'iptables-legacy'],
  'ip6tables-legacy-save.txt': ['ip6tables-legacy-save', 'ip6tables-save-legacy', 'ip6tables-legacy'],
  'ipset-save.txt': ['ipset-save', 'ipset'],
};
const byName = new Map(
  Object.entries(known).flatMap(([own, names]) => names.map((name, rank) => [name, { own, rank }] as const)),
);

const idle = new Set(
  'j json d details s stats statistics o oneline p pretty show list ls all table n c counters nud dev output'.split(
    ' ',
  ),
);

/** `ip_-j_-d_link_show.txt` → `ip-link`. A single letter may be all that tells what was asked: `ip-n`. */
const plainName = (file: string): string => {
  const words = file
    .toLowerCase()
    .replace(/\.(json|txt|out|log|save|rules)$/, '')
    .split(/[-_ ]+/);
  const told = words.filter((word) => word !== '');
  return told.filter((word, at) => !idle.has(word) || (word === 'n' && at === 1 && told.length === 2)).join('-');
};

export interface ToolFile {
  readonly own: string;
  /** Lower is better; of several files that mean the same the best is taken. */
  readonly rank: number;
  /** What the tool prints for people is read into the JSON it prints for programs. */
  readonly text: string;
}

/** What is told for programs tells more than what is told for people. */
const printedRank = 100;

/** An iptables-save with counters before one without. */
const countedRank = (file: string, text: string): number =>
  /[-_]c(?:ounters)?\b/.test(file) || text.includes('\n[') ? 0 : 0.5;

const looksLikeJson = (text: string): boolean => /^\s*(?:[[{]|$)/.test(text);

const rulesOf = /^(?:\*\S+|# Table .*)$/m;

const readAs = (own: string, rank: number, file: string, text: string): ToolFile | undefined => {
  // `iptables -L` goes by the same name, and cannot be read back.
  if (own.includes('tables-') && text.trim() !== '' && !rulesOf.test(text) && /^[^#]/m.test(text)) return undefined;
  if (!own.endsWith('.json')) return { own, rank: rank + countedRank(file, text), text };
  if (looksLikeJson(text)) return { own, rank, text };
  if (own === 'nft.json') return /^\s*(#|table )/.test(text) ? { own: nftText, rank, text } : undefined;
  const printed = readPrinted(own, text);
  return printed === undefined ? undefined : { own, rank: rank + printedRank, text: printed };
};

/** nft's rules as people read them: which tables there are is all we take from it. */
export const nftText = 'nft-text.txt';

/** What a file is whose name says nothing. */
const contents: readonly (readonly [RegExp, string])[] = [
  [/^\*(?:filter|nat|mangle|raw)$[\s\S]*^COMMIT$/m, 'iptables-save.txt'],
  [/^\s*\{\s*"nftables"\s*:/, 'nft.json'],
  [/^table (?:ip|ip6|inet|bridge|arp|netdev) \S+ \{/m, 'nft.json'],
  [/^\d+: [^:\s]+: <[A-Z,_-]*> mtu \d+ /m, 'addresses.json'],
  [/^(?:default|[\d.]+\/\d+) (?:via [\d.]+ )?dev \S+ .*\b(?:proto|scope|metric)\b/m, 'routes.json'],
  [/^net\.ipv4\.\S+ = /m, 'sysctls.txt'],
];

/** Worse than anything whose name says what it is. */
export const guessedRank = 1000;

/** undefined: no output of a tool we read. */
export const findToolFile = (file: string, text: string): ToolFile | undefined => {
  if (file === 'resolv.conf' || file === 'hosts') return { own: file, rank: 0, text };
  if (/\.(err|md|sh|py)$|^readme/i.test(file)) return undefined;
  const found = byName.get(plainName(file));
  if (found !== undefined) return readAs(found.own, found.rank, file, text);
  const own = contents.find(([pattern]) => pattern.test(text.slice(0, 20_000)))?.[1];
  if (own === undefined) return undefined;
  const family = own === 'iptables-save.txt' && /(?:ip6|ipv6)/i.test(file) ? 'ip6tables-save.txt' : own;
  return readAs(family, guessedRank, file, text);
};

/** Nothing but how a tool was asked: no name of anybody stands before it. */
export const isToolName = (file: string): boolean => byName.has(plainName(file));
