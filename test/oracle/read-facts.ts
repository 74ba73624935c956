/** Facts of a few netns in iproute2's shape, read with ip, bridge and the rule tools: what tracing is predicted from. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { nameDevices, needsDevices } from '../../src/host/rulesets/name-devices.ts';
import { hostId, netnsId } from '../../src/model/ids.ts';
import type { Netns } from '../../src/model/netns.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { Socket } from '../../src/model/socket.ts';

/** Which host the netns belong to, and which of them is its own. */
export interface HostWanted {
  readonly name: string;
  readonly own: string;
}

const onlyHost: HostWanted = { name: 'oracle', own: 'h' };
const mark = '=====';

/** Each prints one document; the order is that of `parts`. */
const questions = [
  'ip -j netns list-id',
  'ip -j -d link show',
  'ip -j addr show',
  'ip -j -d -4 route show table all',
  'ip -j -d -6 route show table all',
  'ip -j -d -4 rule show',
  'ip -j -d -6 rule show',
  'ip -j -d neigh show',
  'ip -j -d neigh show nud permanent nud noarp',
  'bridge -j -d fdb show',
  'iptables-nft-save -c 2>/dev/null',
  'ip6tables-nft-save -c 2>/dev/null',
  'test -n "$(cat /proc/net/ip_tables_names 2>/dev/null)" && iptables-legacy-save -c',
  'test -n "$(cat /proc/net/ip6_tables_names 2>/dev/null)" && ip6tables-legacy-save -c',
  'nft -j list ruleset; echo; echo --chains--; nft list chains netdev; nft list chains inet',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own expansion
  'for f in $(find /proc/sys/net/ipv4 /proc/sys/net/ipv6/conf /proc/sys/net/bridge -type f 2>/dev/null | grep -v -e /neigh/ -e flush); do read -r v < $f 2>/dev/null && echo "${f#/proc/sys/net/}=$v"; done',
];

const ask = (name: string): readonly string[] => {
  const script = questions.map((question) => `${question}; echo '${mark}'`).join('\n');
  const text = execFileSync('nsenter', [`--net=/run/netns/${name}`, 'bash', '-c', script], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return text.split(`${mark}\n`);
};

const parseSysctls = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')).replaceAll('/', '.'), line.slice(line.indexOf('=') + 1)]),
  );

// biome-ignore lint/suspicious/noExplicitAny: the tools' JSON is taken as the model's shape, which is theirs
const json = (text: string | undefined): any[] => {
  const trimmed = (text ?? '').trim();
  if (trimmed === '') return [];
  const value: unknown = JSON.parse(trimmed);
  return Array.isArray(value) ? value : [value];
};

/** A path of all tables prints the same IPv6 route twice on some iproute2; once is enough. */
const unique = <T>(list: readonly T[]): T[] => [
  ...new Map(list.map((entry) => [JSON.stringify(entry), entry] as const)).values(),
];

export interface NetnsWanted {
  /** Without the prefix of the run. */
  readonly name: string;
  readonly sockets: readonly Socket[];
}

const idOf = (host: HostWanted, path: string) => {
  const { dev, ino } = statSync(path);
  return { id: netnsId(hostId(host.name), dev, ino), dev, inode: ino };
};

const withDevices = (text: string | undefined): string | undefined => {
  const [json = '', chains = ''] = (text ?? '').split('\n--chains--\n');
  if (json.trim() === '') return undefined;
  return needsDevices(json) ? nameDevices(json, chains) : json;
};

const readNetns = (prefix: string, host: HostWanted, { name, sockets }: NetnsWanted): Netns => {
  const texts = ask(prefix + name);
  const nonEmpty = (n: number): string | undefined => (texts[n]!.trim() === '' ? undefined : texts[n]);
  const entries = {
    iptablesNft: nonEmpty(10),
    ip6tablesNft: nonEmpty(11),
    iptablesLegacy: nonEmpty(12),
    ip6tablesLegacy: nonEmpty(13),
    nft: withDevices(nonEmpty(14)),
  };
  return {
    ...idOf(host, `/run/netns/${prefix}${name}`),
    isHost: name === host.own,
    names: [name],
    holders: [],
    nsids: json(texts[0])
      .filter((entry) => typeof entry.name === 'string' && entry.name.startsWith(prefix))
      .map((entry) => ({ nsid: entry.nsid, netns: idOf(host, `/run/netns/${entry.name}`).id })),
    links: json(texts[1]),
    addresses: json(texts[2]),
    routes: json(texts[3]),
    routes6: unique(json(texts[4])),
    policyRules: [
      ...json(texts[5]).map((rule) => ({ ...rule, family: 'inet' })),
      ...json(texts[6]).map((rule) => ({ ...rule, family: 'inet6' })),
    ],
    neighbours: unique([...json(texts[7]), ...json(texts[8])]),
    fdb: json(texts[9]),
    vlans: [],
    sysctls: parseSysctls(texts[15]!),
    sockets,
    ruleset: {
      ...Object.fromEntries(Object.entries(entries).filter(([, text]) => text !== undefined)),
      present: { nftTables: [], legacyTables: [], legacyTables6: [] },
    },
  };
};

export const readFacts = (prefix: string, wanted: readonly NetnsWanted[], host = onlyHost): Snapshot => ({
  host: { id: hostId(host.name), hostname: host.name, kernel: '', uid: 0, privileged: true, tools: {} },
  takenAt: '1970-01-01T00:00:00Z',
  tookMs: 0,
  engines: [],
  netns: wanted.map((one) => readNetns(prefix, host, one)),
  gaps: [],
});
