/**
 * What people leave out who write a netns down. Some of it follows from what they did write; the rest is the same in all containers: the policy
 * rules and settings a netns is made with. A container may hardly change those (/proc/sys is read-only there, CAP_NET_ADMIN is not given);
 * each assumption is told as a gap.
 */
import { formatAddress, parseAddress } from '../../std/ip-address.ts';
import { parseObjects } from './mend-json.ts';
import { parseSysctls } from './parse-sysctls.ts';

export interface Unwritten {
  readonly file: string;
  readonly text: string;
  /** Absent: it follows from what was written. */
  readonly gap?: { readonly source: string; readonly detail: string };
}

type Fact = Readonly<Record<string, unknown>>;
type Files = ReadonlyMap<string, string>;

/** fib_default_rules_init. */
const kernelRules = [
  { priority: 0, src: 'all', table: 'local' },
  { priority: 32766, src: 'all', table: 'main' },
  { priority: 32767, src: 'all', table: 'default' },
];

/** Rules of one's own lead to tables of one's own. */
const usesOnlyOwnTables = (routes: string | undefined): boolean =>
  routes !== undefined && !/"table":\s*"(?!main"|local"|default"|254"|255"|253")/.test(routes);

/** Off unless somebody turned them on, and nobody does on a host. rp_filter is no such: distributions differ. */
const off = [
  'accept_local',
  'proxy_arp',
  'proxy_arp_pvlan',
  'route_localnet',
  'arp_ignore',
  'arp_filter',
  'src_valid_mark',
];

const settings = (links: readonly Fact[]): string =>
  ['all', 'default', ...links.flatMap(({ ifname }) => (typeof ifname === 'string' ? [ifname] : []))]
    .flatMap((name) => [
      ...off.map((key) => `net.ipv4.conf.${name}.${key} = 0`),
      // Docker turns it on for the machine, and each new netns has what the first one has (devconf_inherit_init_net).
      `net.ipv4.conf.${name}.forwarding = 1`,
    ])
    .join('\n');

const broadcastOf = (local: string, length: number): string | undefined => {
  const address = parseAddress(local);
  if (address === undefined || length > 30) return undefined;
  return formatAddress({ ...address, value: address.value | ((1n << BigInt(32 - length)) - 1n) });
};

/** What the kernel puts into table local for each address (fib_add_ifaddr). */
const localRoutes = (addresses: readonly Fact[], links: readonly Fact[]): readonly Fact[] => {
  const up = new Set(
    links.filter(({ flags }) => Array.isArray(flags) && flags.includes('UP')).map(({ ifname }) => ifname),
  );
  return addresses.flatMap(({ ifname: dev, addr_info: list }) =>
    (Array.isArray(list) ? (list as readonly Fact[]) : []).flatMap(({ family, local, prefixlen }) => {
      if (family !== 'inet' || typeof local !== 'string' || typeof prefixlen !== 'number') return [];
      const route = { dev, table: 'local', protocol: 'kernel', prefsrc: local, flags: [] };
      const own = { ...route, type: 'local', dst: local, scope: 'host' };
      if (!up.has(dev)) return [own];
      if (local.startsWith('127.')) return [own, { ...own, dst: '127.0.0.0/8' }];
      const broadcast = broadcastOf(local, prefixlen);
      return broadcast === undefined ? [own] : [own, { ...route, type: 'broadcast', dst: broadcast, scope: 'link' }];
    }),
  );
};

const isLocal = ({ table, type }: Fact): boolean => table === 'local' || table === 255 || type === 'local';

/** `ip route` alone prints table main. */
const withLocalRoutes = (files: Files): readonly Unwritten[] => {
  const routes = parseObjects(files.get('routes.json'));
  const addresses = files.get('addresses.json');
  if (!files.has('routes.json') || addresses === undefined || routes.some(isLocal)) return [];
  const local = localRoutes(parseObjects(addresses), parseObjects(files.get('links.json')));
  if (local.length === 0) return [];
  return [
    {
      file: 'routes.json',
      text: JSON.stringify([...routes, ...local]),
      gap: {
        source: 'ip route',
        detail: 'table local not written down: taken to hold what the kernel puts there for each address',
      },
    },
  ];
};

/** Only bridges have VLANs to list, only they and tunnels learn where addresses are. */
const emptyLists = (files: Files): readonly Unwritten[] => {
  const kinds = new Set(
    parseObjects(files.get('links.json')).map(({ linkinfo }) => (linkinfo as Fact | undefined)?.['info_kind']),
  );
  if (!files.has('links.json') || kinds.has('bridge') || kinds.has('unknown') || kinds.has('openvswitch')) return [];
  const learns = kinds.has('vxlan') || kinds.has('geneve');
  return ['vlans.json', ...(learns ? [] : ['fdb.json'])]
    .filter((file) => !files.has(file))
    .map((file) => ({ file, text: '[]' }));
};

/** `sysctl -a` tells both. */
const conntrackOf = (files: Files): readonly Unwritten[] => {
  const sysctls = parseSysctls(files.get('sysctls.txt') ?? '');
  const [count, max] = ['count', 'max'].map((name) => sysctls[`netfilter.nf_conntrack_${name}`]);
  if (files.has('conntrack.json') || count === undefined || max === undefined) return [];
  return [{ file: 'conntrack.json', text: JSON.stringify({ count: Number(count), max: Number(max) }) }];
};

/** What nobody sets in a container. */
const ofContainers = (files: Files): readonly Unwritten[] => {
  const rules: readonly Unwritten[] =
    !files.has('rules.json') && usesOnlyOwnTables(files.get('routes.json'))
      ? [
          {
            file: 'rules.json',
            text: JSON.stringify(kernelRules),
            gap: {
              source: 'ip rule',
              detail: 'not written down: taken to be the three every netns is made with',
            },
          },
        ]
      : [];
  const sysctls: readonly Unwritten[] = files.has('sysctls.txt')
    ? []
    : [
        {
          file: 'sysctls.txt',
          text: settings(parseObjects(files.get('links.json'))),
          gap: {
            source: 'sysctl',
            detail: `not written down: forwarding taken to be on, ${off.join(', ')} off`,
          },
        },
      ];
  return [...rules, ...sysctls];
};

export const assumeUnwritten = (files: Files, isHost: boolean): readonly Unwritten[] => [
  ...(isHost ? [] : ofContainers(files)),
  ...withLocalRoutes(files),
  ...emptyLists(files),
  ...conntrackOf(files),
];
