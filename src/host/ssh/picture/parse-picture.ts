/** The frames of a whole picture → namespaces, with the gaps of what could not be read. */
import type { Gap } from '../../../model/gap.ts';
import { type HostId, netnsId } from '../../../model/ids.ts';
import type { Netns } from '../../../model/netns.ts';
import { parseIpvs } from '../../netlink/decode/parse-ipvs.ts';
import { type ParsedTexts, parseNetns } from '../../recording/parse-netns.ts';
import { type Frame, findBody } from '../frames.ts';
import { mendLinks } from './mend-links.ts';
import { type BatchAnswer, isUnsupported, parseBatch } from './parse-batch.ts';
import { type DiscoveredNetns, parseDiscovery } from './parse-discovery.ts';
import { parseList } from './parse-list.ts';
import { parseMulticast } from './parse-multicast.ts';
import { type Numbering, parseNsids } from './parse-nsids.ts';
import { parseRules } from './parse-rules.ts';
import { parseSockets } from './parse-sockets.ts';

export interface Picture {
  /** The host's own first. */
  readonly netns: readonly Netns[];
  readonly gaps: readonly Gap[];
}

/** What is said of one netns: bodies by part, and notes about what failed. */
interface Said {
  readonly bodies: Map<string, string>;
  readonly notes: Frame[];
}

const noteWords = new Set(['failed', 'absent', 'closed']);

const groupByNetns = (frames: readonly Frame[]): ReadonlyMap<number, Said> => {
  const groups = new Map<number, Said>();
  for (const frame of frames) {
    if (frame.words[0] !== 'netns') continue;
    const inode = Number(frame.words[1]);
    const said: Said = groups.get(inode) ?? { bodies: new Map(), notes: [] };
    groups.set(inode, said);
    if (noteWords.has(frame.words[2] ?? '')) said.notes.push(frame);
    else said.bodies.set(frame.words.slice(2).join(' '), frame.body);
  }
  return groups;
};

const root = { howToSee: 'log in as root, or let sudo -n start a shell' };

/** Lists of iproute2 → the files a recording has for them. */
const filesOf = (said: Said, files: Map<string, string>, gap: (gap: Omit<Gap, 'netns'>) => void): void => {
  const put = (name: string, source: string, answer: BatchAnswer | undefined): void => {
    if (answer === undefined) return;
    if (answer.json !== undefined) files.set(name, name === 'links.json' ? mendLinks(answer.json) : answer.json);
    else if (isUnsupported(answer)) files.set(name, '[]');
    else {
      const detail = answer.complaint ?? '';
      const isBusybox = detail.startsWith('BusyBox ');
      if (isBusybox && name !== 'links.json') return;
      const isOld = isBusybox || /^Option "-j|^Option "-json|unknown, try|invalid option|unrecognized/i.test(detail);
      gap({
        source,
        reason: isOld ? 'missing' : 'invalid',
        detail,
        ...(isOld ? { howToSee: 'install iproute2 4.18 or newer there' } : {}),
      });
    }
  };
  const batch = (part: string, names: readonly (readonly [file: string, source: string])[]): void => {
    const body = said.bodies.get(part);
    const answers = body === undefined ? [] : parseBatch(body, names.length);
    for (const [index, [file, source]] of names.entries()) put(file, source, answers[index]);
  };
  batch('ip', [
    ['links.json', 'ip link'],
    ['neighbours.json', 'ip neighbour'],
    ['addresses.json', 'ip address'],
    ['routes.json', 'ip route'],
    ['proxies.json', 'ip neighbour show proxy'],
    ['rules.json', 'ip rule'],
    ['nsids.json', 'ip netns list-id'],
    ['multicast.json', 'ip maddress'],
  ]);
  // The rest is not read yet: half of the policy rules would look like all of them.
  if (!said.bodies.has('ip6')) files.delete('rules.json');
  batch('ip6', [['rules6.json', 'ip -6 rule']]);
  batch('bridge', [
    ['fdb.json', 'bridge fdb'],
    ['vlans.json', 'bridge vlan'],
  ]);
  const multicast = files.get('multicast.json');
  if (multicast !== undefined && !said.bodies.has('bridge')) {
    files.set('fdb.json', JSON.stringify(parseMulticast(parseList(multicast), parseList(files.get('links.json')))));
    files.set('vlans.json', '[]');
  }
  const sysctls = said.bodies.get('sysctls');
  if (sysctls !== undefined) files.set('sysctls.json', sysctls);
};

/** `ipv4/conf/eth0/forwarding:1`: a link's name can hold a colon, a value cannot. */
const parseSysctlLines = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const end = line.lastIndexOf(':');
      if (end <= 0) return [];
      return [
        [
          line.slice(0, end).replaceAll('/', '.'),
          line
            .slice(end + 1)
            .trim()
            .replaceAll('\t', ' '),
        ],
      ];
    }),
  );

/** Told with statistics, which no picture holds. `pref` is an attribute that every IPv6 route has, and no other. */
const splitRoutes = (routes: readonly Record<string, unknown>[]) => {
  const plain = routes.map(({ users: _, used: __, age: ___, ...route }) => route);
  const isSix = (route: Record<string, unknown>): boolean =>
    route['pref'] !== undefined || String(route['dst']).includes(':');
  return { inet: plain.filter((route) => !isSix(route)), inet6: plain.filter(isSix) };
};

interface Context extends Numbering {
  readonly nftables: { readonly module: string; readonly nft: string };
  readonly known: ParsedTexts;
  readonly gaps: Gap[];
}

const parseOne = (one: DiscoveredNetns, said: Said | undefined, context: Context): Netns => {
  const { host, discovered, gaps } = context;
  const id = netnsId(host, discovered.dev, one.inode);
  const gap = (found: Omit<Gap, 'netns'>): void => void gaps.push({ ...found, netns: id });
  const folder = `netns/${one.inode}/`;
  const files = new Map<string, string>();
  if (said !== undefined) filesOf(said, files, gap);
  const tree = new Map([...files].map(([name, text]) => [folder + name, text]));
  if (files.has('neighbours.json'))
    tree.set(
      `${folder}neighbours.json`,
      JSON.stringify([...parseList(files.get('neighbours.json')), ...parseList(files.get('proxies.json'))]),
    );
  if (files.has('routes.json')) {
    const routes = splitRoutes(parseList(files.get('routes.json')));
    tree.set(`${folder}routes.json`, JSON.stringify(routes.inet));
    tree.set(`${folder}routes6.json`, JSON.stringify(routes.inet6));
  }
  tree.set(
    `${folder}netns.json`,
    JSON.stringify({ dev: discovered.dev, inode: one.inode, isHost: one.inode === discovered.hostInode }),
  );
  const parsed = parseNetns(tree, folder, host, 0, context.known);
  gaps.push(
    ...parsed.gaps.map((found) => ({ ...found, source: found.source.replace(/^recording netns\/\d+\//, 'ssh: ') })),
  );
  const bodies = said?.bodies ?? new Map<string, string>();
  const sysctls = files.get('sysctls.json');
  const values = sysctls === undefined ? undefined : parseSysctlLines(sysctls);
  const sockets = parseSockets(bodies, discovered.socketHolders);
  if (sockets?.told === false)
    gap({
      source: 'sock_diag',
      reason: 'missing',
      detail:
        'listening sockets come from /proc/net: which link they are bound to and whether they take IPv4 too is not known',
      howToSee: 'run `ss -ltu` there once, which loads tcp_diag and udp_diag',
    });
  const rules =
    bodies.has('tables') || [...bodies.keys()].some((name) => name.startsWith('present'))
      ? parseRules(bodies, said?.notes ?? [], context.nftables)
      : undefined;
  for (const found of rules?.gaps ?? []) gap(found);
  const count = values?.['netfilter.nf_conntrack_count'];
  const max = values?.['netfilter.nf_conntrack_max'];
  return {
    ...parsed.netns,
    names: one.names,
    holders: one.holders,
    nsids: parseNsids(bodies, files.get('nsids.json'), id, context),
    ...(values === undefined ? {} : { sysctls: values }),
    ...(bodies.has('ipvs') ? { ipvs: parseIpvs(bodies.get('ipvs') ?? '') } : {}),
    ...(values === undefined
      ? {}
      : {
          conntrack: {
            ...(count === undefined ? {} : { count: Number(count) }),
            ...(max === undefined ? {} : { max: Number(max) }),
          },
        }),
    ...(sockets === undefined ? {} : { sockets: sockets.sockets }),
    ...(rules?.ruleset === undefined ? {} : { ruleset: rules.ruleset }),
  };
};

const hiddenNetns = ({ hidden, gaps }: Context): readonly Netns[] =>
  hidden.map(({ netns, seenFrom, nsid }) => {
    gaps.push({
      source: 'netns',
      netns,
      reason: 'missing',
      detail: `nothing visible holds it; it is known by nsid ${nsid} of another netns only`,
      howToSee: 'log in outside any container, as root',
    });
    const holders = [{ kind: 'nsid' as const, seenFrom, nsid }];
    return { id: netns, dev: 0, inode: 0, isHost: false, names: [], holders, nsids: [] };
  });

const leftUnread: Omit<Gap, 'netns'> = {
  source: 'netns',
  reason: 'vanished',
  detail: 'it went before its rules, sockets and switches were read',
  howToSee: 'refresh',
};

/** Gaps of namespaces that were found but not read; nothing when only some were asked for. */
const gapOfUnread = (
  one: DiscoveredNetns,
  said: Said | undefined,
  privileged: boolean,
): Omit<Gap, 'netns'> | undefined => {
  if (said?.notes.every(({ words }) => words[2] !== 'closed')) return undefined;
  if (privileged && one.holders.length === 0) return undefined;
  return privileged
    ? { source: 'netns', reason: 'vanished', detail: 'it could not be entered' }
    : { source: 'netns', reason: 'forbidden', detail: 'only root may enter it', ...root };
};

export interface PictureOptions {
  readonly host: HostId;
  readonly privileged: boolean;
  /** Inodes that were read; the others are told by their holders and names alone. */
  readonly only?: ReadonlySet<number>;
  /** Switches, sockets and rules were read as well. */
  readonly isWhole: boolean;
}

export const parsePicture = (
  frames: readonly Frame[],
  { host, privileged, only, isWhole }: PictureOptions,
): Picture => {
  const discovered = parseDiscovery(frames);
  const groups = groupByNetns(frames);
  const [, module = '2', nft = ''] = frames.find(({ words }) => words[0] === 'nftables')?.words ?? [];
  const gaps: Gap[] = [];
  const isNamed = !frames.some(({ words }) => words[0] === 'unnamed');
  const context: Context = {
    host,
    discovered,
    nftables: { module, nft },
    known: new Map(),
    gaps,
    isNamed,
    hidden: [],
  };
  const inOrder = [...discovered.netns.values()].sort((a, b) =>
    a.inode === discovered.hostInode ? -1 : b.inode === discovered.hostInode ? 1 : a.inode - b.inode,
  );
  const netns = inOrder.flatMap((one) => {
    const said = groups.get(one.inode);
    const read = (said?.bodies.size ?? 0) > 0;
    const wanted = only === undefined || only.has(one.inode);
    const unread = wanted && !read ? gapOfUnread(one, said, privileged) : undefined;
    // A process that ended while we looked was its netns' last.
    if (wanted && !read && unread === undefined) return [];
    const halfRead = read && isWhole && said?.bodies.has('sysctls') !== true ? leftUnread : undefined;
    const missing = unread ?? halfRead;
    if (missing !== undefined) gaps.push({ ...missing, netns: netnsId(host, discovered.dev, one.inode) });
    return [parseOne(one, said, context)];
  });
  if (!isNamed)
    gaps.push({
      source: 'ip netns list-id',
      reason: privileged ? 'missing' : 'forbidden',
      detail: 'which netns a number of another netns means could not be asked',
      ...(privileged ? { howToSee: 'install util-linux there' } : root),
    });
  if (findBody(frames, 'home') === undefined)
    gaps.push({ source: 'ssh', reason: 'invalid', detail: 'the other machine did not say where its processes are' });
  return { netns: [...netns, ...hiddenNetns(context)], gaps };
};
