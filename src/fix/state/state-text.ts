/** What a tool printed of one thing as canonical text: the same state gives the same text, whatever counters and timers say. */
import { canonicalAddress } from '../../std/canonical-address.ts';
import type { Touch } from './touch.ts';

type Json = Readonly<Record<string, unknown>>;

const rows = (stdout: string): readonly Json[] => (stdout.trim() === '' ? [] : (JSON.parse(stdout) as Json[]));

const pick = (row: Json, names: readonly string[]): Json =>
  Object.fromEntries(names.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])));

const without = (row: Json, names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

const lines = (list: readonly unknown[]): string => list.map((one) => JSON.stringify(one)).join('\n');

/** Where the order is the kernel's own affair. */
const sortedLines = (list: readonly unknown[]): string =>
  list
    .map((one) => JSON.stringify(one))
    .sort()
    .join('\n');

/** Flags that the kernel sets by itself: carrier, and promiscuity of bridge ports. */
const movingFlags = ['LOWER_UP', 'NO-CARRIER', 'M-DOWN'];

const linkText = (row: Json | undefined): string => {
  if (row === undefined) return 'absent';
  const flags = ((row['flags'] ?? []) as string[]).filter((flag) => !movingFlags.includes(flag)).sort();
  const { linkinfo } = row as { linkinfo?: { info_kind?: string } };
  return JSON.stringify({
    flags,
    ...pick(row, ['mtu', 'master', 'address', 'ifalias', 'txqlen', 'group', 'ifindex']),
    kind: linkinfo?.info_kind,
  });
};

/** What is set by somebody, under names that `ip link set … type bridge_slave` takes; the rest are timers, ids, elections and counters. */
const portSettings = [
  ...['priority', 'cost', 'hairpin', 'guard', 'root_block', 'fastleave', 'learning', 'flood', 'mcast_flood'],
  ...['bcast_flood', 'mcast_to_unicast', 'neigh_suppress', 'neigh_vlan_suppress', 'vlan_tunnel', 'isolated'],
  ...['locked', 'mab', 'proxy_arp', 'proxy_arp_wifi', 'group_fwd_mask', 'mcast_max_groups'],
];

const portData = (row: Json | undefined): Json | undefined =>
  ((row ?? {}) as { linkinfo?: { info_slave_data?: Json } }).linkinfo?.info_slave_data;

const portText = (data: Json | undefined): string =>
  data === undefined ? 'no port' : JSON.stringify(pick(data, portSettings));

/** The kernel and router advertisements make and remove these by themselves. */
const isOwnAffair = (one: Json): boolean =>
  one['family'] === 'inet6' &&
  (String(one['local']).startsWith('fe80:') || one['temporary'] === true || one['dynamic'] === true);

const addressesText = (row: Json | undefined): string =>
  lines(
    ((row?.['addr_info'] ?? []) as Json[])
      .filter((one) => !isOwnAffair(one))
      .map((one) => without(one, ['valid_life_time', 'preferred_life_time', 'tentative', 'dadfailed', 'deprecated'])),
  );

/** A built-in chain without rules that accepts does what no chain does: legacy tables stay once they are made. */
const emptyChain = /^:(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) ACCEPT$/;

const chainLines = (stdout: string, chain: string): string =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith(`:${chain} `) || line.startsWith(`-A ${chain} `) || line === `-A ${chain}`)
    .map((line) => line.replace(/ \[\d+:\d+\]$/, ''))
    .join('\n');

const chainText = (stdout: string, chain: string): string => {
  const text = chainLines(stdout, chain);
  return emptyChain.test(text) ? '' : text;
};

const isPermanent = (row: Json): boolean => ((row['state'] ?? []) as string[]).includes('PERMANENT');

/** Learned entries come and go; a link's multicast list is the kernel's. */
const isWritten = (row: Json): boolean =>
  ['permanent', 'static'].includes(String(row['state'])) &&
  !(row['master'] === undefined && /^.[13579bdf]:/i.test(String(row['mac'])));

/** Words that tell a moment, not a route. */
const routeLine = (line: string): string =>
  line
    .replaceAll(/\\\s*/g, '')
    .replaceAll(
      / (?:linkdown|dead|offload|rt_offload|trap|rt_trap|offload_failed|pervasive|notify|cache|error -?\d+|expires \d+sec|users \d+|age \d+sec)(?= |$)/g,
      '',
    )
    .trim();

/** Entries of table local that come and go with addresses. */
const isOfAnAddress = (line: string): boolean =>
  /^(?:local|broadcast|multicast|anycast) /.test(line) && / proto (?:kernel|none) /.test(`${line} `);

/** Written by people and their programs: the kernel sees to the others itself. */
const isRoute = (line: string, family: 4 | 6): boolean =>
  line !== '' && !(family === 6 && / proto (?:kernel|ra) /.test(`${line} `));

/** `ip -6 route show table all` of some kernels prints everything twice. */
const routeLines = (stdout: string, family: 4 | 6): readonly string[] =>
  [...new Set(stdout.split('\n').map(routeLine))].filter((line) => isRoute(line, family));

/** One spelling: no full length, `default` for everything, IPv6 in canonical form. */
const plainDestination = (text: string): string => {
  const [address = '', length] = text.split('/');
  if (length === '0') return 'default';
  const plain = canonicalAddress(address) ?? address;
  return length === undefined || length === (plain.includes(':') ? '128' : '32') ? plain : `${plain}/${length}`;
};

const vlanLines = (stdout: string, ifname: string): string =>
  lines(
    rows(stdout)
      .filter((row) => row['ifname'] === ifname)
      .flatMap((row) => (row['vlans'] ?? []) as Json[])
      .map((vlan) => pick(vlan, ['vlan', 'vlanEnd', 'flags'])),
  );

export const stateText = (touch: Touch, stdout: string): string => {
  switch (touch.kind) {
    case 'chain':
      return chainText(stdout, touch.chain);
    case 'nft-table':
      return stdout;
    case 'sysctl':
      return stdout.trim();
    case 'sysctls':
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .sort()
        .join('\n');
    case 'link':
      return linkText(rows(stdout)[0]);
    case 'bridge-port':
      return portText(portData(rows(stdout)[0]));
    case 'port-state':
      return String(portData(rows(stdout)[0])?.['state'] ?? 'no port');
    case 'addresses':
      return addressesText(rows(stdout).find((row) => row['ifname'] === touch.ifname));
    case 'neighbours':
      return sortedLines(
        rows(stdout)
          .filter(isPermanent)
          .map((row) => pick(row, ['dst', 'lladdr', 'state'])),
      );
    case 'fdb':
      return sortedLines(
        rows(stdout)
          .filter(isWritten)
          .map((row) => without(row, ['ifname'])),
      );
    case 'vlans':
      return vlanLines(stdout, touch.ifname);
    case 'qdisc':
      return stdout
        .split('\n')
        .map((line) => line.replace(/ refcnt \d+/, '').trim())
        .filter((line) => line !== '')
        .join('\n');
    case 'routes':
      return routeLines(stdout, touch.family)
        .filter((line) => plainDestination(line.split(' ')[1] ?? '') === plainDestination(touch.destination))
        .join('\n');
    case 'link-routes':
      return routeLines(stdout, touch.family)
        .filter((line) => `${line} `.includes(` dev ${touch.ifname} `) && !isOfAnAddress(line))
        .join('\n');
    case 'policy-rules':
      return stdout
        .split('\n')
        .map((line) => line.replace(/ \[detached\]| unresolved(?= |$)/g, '').trim())
        .filter((line) => line !== '')
        .join('\n');
  }
};
