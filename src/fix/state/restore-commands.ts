/** Commands that bring one thing from how it stands to how it stood; [] where none are known or none are needed. */
import type { Command } from '../../model/change.ts';
import type { Touch } from './touch.ts';

type Row = Readonly<Record<string, unknown>>;
type Argv = readonly string[];

const parse = (text: string): readonly Row[] =>
  text === '' || text === 'absent' ? [] : text.split('\n').map((line) => JSON.parse(line) as Row);

/** What must go and what must come; both as the tool printed it. */
const compare = (wanted: string, now: string): { readonly gone: readonly Row[]; readonly extra: readonly Row[] } => {
  const [old, fresh] = [wanted.split('\n'), now.split('\n')];
  return {
    gone: parse(wanted).filter((_, at) => !fresh.includes(old[at]!)),
    extra: parse(now).filter((_, at) => !old.includes(fresh[at]!)),
  };
};

const words = (row: Row, names: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(names).flatMap(([name, word]) => (row[name] === undefined ? [] : [word, String(row[name])]));

const routeWords = (row: Row): readonly string[] => [
  ...(row['type'] === undefined ? [] : [String(row['type'])]),
  String(row['dst']),
  ...words(row, {
    gateway: 'via',
    dev: 'dev',
    table: 'table',
    protocol: 'proto',
    scope: 'scope',
    prefsrc: 'src',
    metric: 'metric',
  }),
];

const addressWords = (row: Row): readonly string[] => [
  `${row['local']}/${row['prefixlen']}`,
  ...words(row, { broadcast: 'brd', label: 'label', scope: 'scope' }),
];

const fdbWords = (row: Row, ifname: string): readonly string[] => [
  String(row['mac']),
  'dev',
  ifname,
  row['master'] === undefined ? 'self' : 'master',
  ...words(row, { vlan: 'vlan', dst: 'dst' }),
];

/** One chain, in one commit: order and positions as they were. Rules of other chains stay (--noflush). */
const restoreChain = ({ tool, table, chain }: Extract<Touch, { kind: 'chain' }>, wanted: string): Command => {
  const rules = wanted.split('\n').filter((line) => line.startsWith('-A '));
  // A built-in chain of which nothing is told accepts and has no rules.
  const bare = /^(?:PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/.test(chain) ? `:${chain} ACCEPT` : undefined;
  const policy = /^:\S+ (?:ACCEPT|DROP)$/m.exec(wanted)?.[0] ?? bare;
  return {
    argv: [`${tool}-restore`, '-w', '--noflush'],
    stdin: [
      `*${table}`,
      ...(policy === undefined ? [] : [`${policy} [0:0]`]),
      `-F ${chain}`,
      ...rules,
      'COMMIT',
      '',
    ].join('\n'),
  };
};

const restoreLink = (ifname: string, wanted: string, now: string): readonly Argv[] => {
  if (wanted === 'absent' || now === 'absent') return [];
  const [old, fresh] = [JSON.parse(wanted) as Row, JSON.parse(now) as Row];
  const has = (row: Row, flag: string) => (row['flags'] as readonly string[]).includes(flag);
  const set = ['ip', 'link', 'set', 'dev', ifname];
  const commands: Argv[] = [];
  if (old['master'] !== fresh['master'])
    commands.push(old['master'] === undefined ? [...set, 'nomaster'] : [...set, 'master', String(old['master'])]);
  if (old['mtu'] !== fresh['mtu']) commands.push([...set, 'mtu', String(old['mtu'])]);
  if (has(old, 'NOARP') !== has(fresh, 'NOARP')) commands.push([...set, 'arp', has(old, 'NOARP') ? 'off' : 'on']);
  if (has(old, 'UP') !== has(fresh, 'UP')) commands.push([...set, has(old, 'UP') ? 'up' : 'down']);
  return commands;
};

const argvsOf = (touch: Touch, wanted: string, now: string): readonly Argv[] => {
  switch (touch.kind) {
    case 'sysctl':
      return wanted === 'absent' ? [] : [['sysctl', '-w', `${touch.name}=${wanted}`]];
    case 'link':
      return restoreLink(touch.ifname, wanted, now);
    case 'routes': {
      const { gone, extra } = compare(wanted, now);
      const ip = ['ip', `-${touch.family}`, 'route'];
      return [
        ...extra.map((row) => [...ip, 'del', ...routeWords(row)]),
        ...gone.map((row) => [...ip, 'add', ...routeWords(row)]),
      ];
    }
    case 'addresses': {
      const { gone, extra } = compare(wanted, now);
      return [
        ...extra.map((row) => ['ip', 'addr', 'del', ...addressWords(row).slice(0, 1), 'dev', touch.ifname]),
        ...gone.map((row) => ['ip', 'addr', 'add', ...addressWords(row), 'dev', touch.ifname]),
      ];
    }
    case 'neighbours': {
      const { gone, extra } = compare(wanted, now);
      const dev = ['dev', touch.ifname];
      return [
        ...extra.map((row) => ['ip', 'neigh', 'del', String(row['dst']), ...dev]),
        ...gone.map((row) => [
          ...['ip', 'neigh', 'replace', String(row['dst']), 'lladdr', String(row['lladdr'])],
          ...dev,
          ...['nud', 'permanent'],
        ]),
      ];
    }
    case 'fdb': {
      const { gone, extra } = compare(wanted, now);
      return [
        ...extra.map((row) => ['bridge', 'fdb', 'del', ...fdbWords(row, touch.ifname)]),
        ...gone.map((row) => [
          ...['bridge', 'fdb', 'replace', ...fdbWords(row, touch.ifname)],
          row['state'] === 'static' ? 'static' : 'permanent',
        ]),
      ];
    }
    case 'chain':
    case 'nft-table':
    case 'bridge-port':
    case 'vlans':
    case 'qdisc':
    case 'policy-rules':
      return [];
  }
};

export const restoreCommands = (touch: Touch, wanted: string, now: string): readonly Command[] => {
  const inNetns = touch.netns === undefined ? {} : { netns: touch.netns };
  if (touch.kind === 'chain') return [{ ...restoreChain(touch, wanted), ...inNetns }];
  return argvsOf(touch, wanted, now).map((argv) => ({ argv, ...inNetns }));
};
