/** What a tool's output is called when a person writes it down → its name in a recording; and whose it is, told by folder or prefix. */

/** Recorded name → names people give the tool's output, the best first. Words that say no more than how it was asked are left out before. */
const known: Readonly<Record<string, readonly string[]>> = {
  'links.json': ['ip-link', 'ip-l', 'link', 'links'],
  'addresses.json': ['ip-addr', 'ip-address', 'ip-a', 'ip', 'addr', 'address', 'addresses'],
  'routes.json': ['ip-route', 'ip-r', 'ip-4-route', 'ip4-route', 'route', 'routes'],
  'routes6.json': ['ip6-route', 'ip-6-route', 'ip-route6', 'ip-route-6', 'route6', 'routes6'],
  'rules.json': ['ip-rule', 'ip-4-rule', 'ip4-rule', 'rule', 'rules'],
  'rules6.json': ['ip6-rule', 'ip-6-rule', 'ip-rule6', 'ip-rule-6', 'rules6'],
  'neighbours.json': ['ip-neigh', 'ip-neighbour', 'ip-neighbor', 'ip-n', 'neigh', 'neighbours', 'neighbors'],
  'fdb.json': ['bridge-fdb', 'fdb'],
  'vlans.json': ['bridge-vlan', 'vlan', 'vlans'],
  'sysctls.txt': ['sysctl', 'sysctls'],
  'ss.txt': ['ss', 'ss-lntup', 'ss-tulpn', 'ss-tlnp', 'sockets'],
  'nft.json': ['nft', 'nft-ruleset', 'nftables', 'ruleset'],
  'iptables-save.txt': ['iptables-save', 'iptables-nft-save', 'iptables'],
  'ip6tables-save.txt': ['ip6tables-save', 'ip6tables-nft-save', 'ip6tables'],
  'iptables-legacy-save.txt': ['iptables-legacy-save', 'iptables-save-legacy', 'iptables-legacy'],
  'ip6tables-legacy-save.txt': ['ip6tables-legacy-save', 'ip6tables-save-legacy', 'ip6tables-legacy'],
  'ipset-save.txt': ['ipset-save', 'ipset'],
};
const byName = new Map(
  Object.entries(known).flatMap(([own, names]) => names.map((name, rank) => [name, { own, rank }] as const)),
);

const idle = new Set(['j', 'json', 'd', 'details', 'show', 'list', 'ls', 'all', 'table', 'n', 'c', 'counters']);

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
}

const looksLikeJson = (text: string): boolean => /^\s*(?:[[{]|$)/.test(text);

/** undefined: no output of a tool we read. */
export const findToolFile = (file: string, text: string): ToolFile | undefined => {
  if (file === 'resolv.conf' || file === 'hosts') return { own: file, rank: 0 };
  const found = byName.get(plainName(file));
  if (found === undefined || /\.err$/.test(file)) return undefined;
  if (found.own.endsWith('.json') && !looksLikeJson(text)) return undefined;
  // Of an iptables-save with counters and one without, that with them.
  const counted = /[-_]c(?:ounters)?\b/.test(file) || text.includes('\n[') ? 0 : 0.5;
  return { own: found.own, rank: found.rank + counted };
};

export interface Owner {
  readonly kind: 'host' | 'container' | 'named';
  readonly name: string;
  readonly file: string;
}

const folderKinds: Readonly<Record<string, Owner['kind']>> = {
  container: 'container',
  containers: 'container',
  ct: 'container',
  sandbox: 'named',
  sandboxes: 'named',
  netns: 'named',
  namespaces: 'named',
  ns: 'named',
};

/** A container's name may have dots in it: all before the tool's is its. */
const prefixes = [/^(host|ct-.+|ns-.+)\.(resolv\.conf|[^.]+\.[a-z]+)$/, /^(host|ct-.+|ns-.+)\.([^.]+)$/];

/** `containers/web/ip-link.json` → container web; `ns-1-abc.ip-link.json` → the netns 1-abc; `ip-link.json` → the host's own. */
export const findOwners = (path: string): readonly Owner[] => {
  const [, folder = '', file = ''] = /^(.*\/)?([^/]+)$/.exec(path) ?? [];
  const prefixed = (folder === '' ? prefixes : []).flatMap((pattern): readonly Owner[] => {
    const [, group = '', rest = ''] = pattern.exec(file) ?? [];
    if (group === '') return [];
    if (group === 'host') return [{ kind: 'host', name: '', file: rest }];
    return [{ kind: group.startsWith('ct-') ? 'container' : 'named', name: group.slice(3), file: rest }];
  });
  if (folder === '' || folder === 'host/') return [...prefixed, { kind: 'host', name: '', file }];
  const [, group = '', name = ''] = /^([^/]+)\/([^/]+)\/$/.exec(folder) ?? [];
  const kind = folderKinds[group];
  return kind === undefined ? [] : [{ kind, name, file }];
};
