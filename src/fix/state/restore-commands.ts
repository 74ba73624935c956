/** Commands that bring one thing from how it stands to how it stood; [] where none are needed, undefined where none are known. */
import type { Command } from '../../model/change.ts';
import { compareInOrder, compareLines, linesOf } from './compare-lines.ts';
import { restoreAddresses } from './restore-addresses.ts';
import { type Argv, restoreLink, restorePort, restorePortState, restoreQueue } from './restore-link.ts';
import { restoreNftTable } from './restore-nft.ts';
import type { Touch } from './touch.ts';

/** How it stood. */
export interface Wanted {
  readonly text: string;
  readonly whole?: string;
  /** Seconds since then: lifetimes have gone on. */
  readonly passed: number;
}

type Row = Readonly<Record<string, unknown>>;

const asRow = (line: string): Row => JSON.parse(line) as Row;

const words = (row: Row, names: Readonly<Record<string, string>>): Argv =>
  Object.entries(names).flatMap(([name, word]) => (row[name] === undefined ? [] : [word, String(row[name])]));

const fdbWords = (row: Row, ifname: string): Argv => [
  String(row['mac']),
  'dev',
  ifname,
  row['master'] === undefined ? 'self' : 'master',
  ...words(row, { vlan: 'vlan', dst: 'dst' }),
];

/** Built in: it cannot be removed, and of none that is told it is known that it accepts and has no rules. */
const isBuiltIn = (chain: string): boolean => /^(?:PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/.test(chain);

/** One chain, in one commit: order and positions as they were. Rules of other chains stay (--noflush). */
const restoreChain = ({ tool, table, chain }: Extract<Touch, { kind: 'chain' }>, wanted: string): Command => {
  const rules = wanted.split('\n').filter((line) => line.startsWith('-A '));
  const policy = /^:\S+ (ACCEPT|DROP)$/m.exec(wanted)?.[1] ?? 'ACCEPT';
  const body = isBuiltIn(chain)
    ? [`:${chain} ${policy} [0:0]`, `-F ${chain}`, ...rules]
    : wanted === '' || wanted === 'absent'
      ? [`-F ${chain}`, `-X ${chain}`]
      : // Naming a chain of one's own makes it, or empties it.
        [`:${chain} - [0:0]`, ...rules];
  return {
    argv: [`${tool}-restore`, '-w', '--noflush'],
    stdin: [`*${table}`, ...body, 'COMMIT', ''].join('\n'),
  };
};

/** `metric` and table: routes of one group have an order among themselves. */
const routeGroup = (line: string): string => {
  const of = (name: string) => new RegExp(` ${name} (\\S+)`).exec(line)?.[1] ?? '';
  return [line.split(' ')[1], of('table'), of('metric'), of('tos')].join(' ');
};

const routeWords = (line: string): Argv => {
  const all = line.split(/\s+/).filter((word) => word !== '');
  const nhid = all.indexOf('nhid');
  // A next hop object says the way by itself.
  return nhid === -1 ? all : [...all.slice(0, 2), 'nhid', all[nhid + 1] ?? ''];
};

/** A route of the link itself must be there before one by way of a gateway behind it. */
const linkFirst = (a: string, b: string): number =>
  Number(/ (?:via|nexthop) /.test(a)) - Number(/ (?:via|nexthop) /.test(b));

const restoreRoutes = (family: 4 | 6, wanted: string, now: string): readonly Argv[] => {
  const ip = ['ip', `-${family}`, 'route'];
  const { gone, extra } = compareInOrder(wanted, now, routeGroup);
  const alone = (line: string): boolean =>
    [gone, extra].every((lines) => lines.filter((one) => routeGroup(one) === routeGroup(line)).length === 1) &&
    [wanted, now].every((text) => linesOf(text).filter((one) => routeGroup(one) === routeGroup(line)).length === 1);
  return [
    ...extra.filter((line) => !alone(line)).map((line) => [...ip, 'del', ...routeWords(line)]),
    // One in the place of one: there is no moment without.
    ...gone.toSorted(linkFirst).map((line) => [...ip, alone(line) ? 'replace' : 'append', ...routeWords(line)]),
  ];
};

const restoreRules = (family: 4 | 6, wanted: string, now: string): readonly Argv[] => {
  const { gone, extra } = compareInOrder(wanted, now, (line) => line.split(':')[0] ?? '');
  const rule = (verb: string, line: string): Argv => {
    const [pref = '', spec = ''] =
      line.split(/:\s*/, 2).length === 2 ? [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] : [];
    return ['ip', `-${family}`, 'rule', verb, 'pref', pref, ...spec.split(/\s+/).filter((word) => word !== '')];
  };
  return [...extra.map((line) => rule('del', line)), ...gone.map((line) => rule('add', line))];
};

const vlanArgv = (verb: string, line: string, ifname: string): Argv => {
  const { vlan, vlanEnd, flags = [] } = asRow(line) as { vlan: number; vlanEnd?: number; flags?: readonly string[] };
  const vid = vlanEnd === undefined ? String(vlan) : `${vlan}-${vlanEnd}`;
  const more = flags.map((flag) => (flag === 'PVID' ? 'pvid' : 'untagged'));
  return ['bridge', 'vlan', verb, 'dev', ifname, 'vid', vid, ...(verb === 'add' ? more : [])];
};

const restoreSysctls = (wanted: string, now: string): readonly Argv[] => {
  const { gone } = compareLines(wanted, now);
  const there = new Set(linesOf(now).map((line) => line.split(' = ')[0]));
  const settings = gone.filter((line) => there.has(line.split(' = ')[0])).map((line) => line.replace(' = ', '='));
  return settings.length === 0 ? [] : [['sysctl', '-qw', ...settings]];
};

const argvsOf = (touch: Touch, { text, whole, passed }: Wanted, now: string): readonly Argv[] | undefined => {
  switch (touch.kind) {
    case 'sysctl':
      return text === 'absent' ? [] : [['sysctl', '-w', `${touch.name}=${text}`]];
    case 'sysctls':
      return restoreSysctls(text, now);
    case 'link':
      return restoreLink(touch.ifname, text, now);
    case 'bridge-port':
      return restorePort(touch.ifname, text, now);
    case 'port-state':
      return restorePortState(touch.ifname, text);
    case 'qdisc':
      return restoreQueue(touch.ifname, text);
    case 'routes':
    case 'link-routes':
      return restoreRoutes(touch.family, text, now);
    case 'policy-rules':
      return restoreRules(touch.family, text, now);
    case 'addresses':
      return restoreAddresses(touch.ifname, text, now, whole, passed);
    case 'vlans': {
      const { gone, extra } = compareLines(text, now);
      return [
        ...extra.map((line) => vlanArgv('del', line, touch.ifname)),
        ...gone.map((line) => vlanArgv('add', line, touch.ifname)),
      ];
    }
    case 'neighbours': {
      const { gone, extra } = compareLines(text, now);
      const dev = ['dev', touch.ifname];
      return [
        ...extra.map((line) => ['ip', 'neigh', 'del', String(asRow(line)['dst']), ...dev]),
        ...gone.map((line) => {
          const { dst, lladdr } = asRow(line);
          const mac = lladdr === undefined ? [] : ['lladdr', String(lladdr)];
          return ['ip', 'neigh', 'replace', String(dst), ...mac, ...dev, 'nud', 'permanent'];
        }),
      ];
    }
    case 'fdb': {
      const { gone, extra } = compareLines(text, now);
      return [
        ...extra.map((line) => ['bridge', 'fdb', 'del', ...fdbWords(asRow(line), touch.ifname)]),
        ...gone.map((line) => [
          ...['bridge', 'fdb', 'replace', ...fdbWords(asRow(line), touch.ifname)],
          asRow(line)['state'] === 'static' ? 'static' : 'permanent',
        ]),
      ];
    }
    case 'chain':
    case 'nft-table':
      return [];
  }
};

export const restoreCommands = (touch: Touch, wanted: Wanted, now: string): readonly Command[] | undefined => {
  const inNetns = touch.netns === undefined ? {} : { netns: touch.netns };
  if (touch.kind === 'chain') return [{ ...restoreChain(touch, wanted.text), ...inNetns }];
  if (touch.kind === 'nft-table')
    return [
      {
        argv: ['nft', '-f', '-'],
        stdin: restoreNftTable(touch.family, touch.table, wanted.text, now),
        ...inNetns,
      },
    ];
  return argvsOf(touch, wanted, now)?.map((argv) => ({ argv, ...inNetns }));
};
