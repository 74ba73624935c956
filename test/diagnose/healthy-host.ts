/** A small healthy Docker host, written out whole, and ways to break it: what every check is tried on. */
import type { Container, Engine, EngineNetwork } from '../../src/model/container.ts';
import type { Gap } from '../../src/model/gap.ts';
import type { AddressInfo, FdbEntry, Link } from '../../src/model/link.ts';
import type { Netns } from '../../src/model/netns.ts';
import type { Neighbour, PolicyRule, Route } from '../../src/model/route.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { Socket } from '../../src/model/socket.ts';
import {
  ipv4,
  makeBridge,
  makeContainer,
  makeEngine,
  makeLink,
  makeLo,
  makeNetns,
  makeNetwork,
  makePort,
  makeSnapshot,
  makeVeth,
  nsids,
} from '../graph/make-snapshot.ts';

/** Everything may be changed before it becomes a snapshot. */
export type Mutable<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends (infer Item)[] | readonly (infer Item)[]
    ? Mutable<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
      : T;

/** A copy that may be changed. */
export const mutable = <T>(value: T): Mutable<T> => structuredClone(value) as Mutable<T>;

const rules = (subnet = '172.20.0.0/16', bridge = 'br-app') => `*raw
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s ${subnet} ! -o ${bridge} -j MASQUERADE
-A POSTROUTING -s 172.20.0.2/32 -d 172.20.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
-A DOCKER -i ${bridge} -j RETURN
-A DOCKER ! -i ${bridge} -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-ISOLATION-STAGE-2 - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o ${bridge} -j DOCKER
-A FORWARD -i ${bridge} ! -o ${bridge} -j ACCEPT
-A FORWARD -i ${bridge} -o ${bridge} -j ACCEPT
-A DOCKER -d 172.20.0.2/32 ! -i ${bridge} -o ${bridge} -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i ${bridge} ! -o ${bridge} -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-ISOLATION-STAGE-2 -o ${bridge} -j DROP
-A DOCKER-ISOLATION-STAGE-2 -j RETURN
-A DOCKER-USER -j RETURN
COMMIT
`;

const embeddedDns = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER_OUTPUT - [0:0]
:DOCKER_POSTROUTING - [0:0]
-A OUTPUT -d 127.0.0.11/32 -j DOCKER_OUTPUT
-A POSTROUTING -d 127.0.0.11/32 -j DOCKER_POSTROUTING
-A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:41234
-A DOCKER_POSTROUTING -s 127.0.0.11/32 -p udp -m udp --sport 41234 -j SNAT --to-source :53
COMMIT
`;

const table = (present: readonly string[]) => ({
  present: { nftTables: present.map((name) => ({ family: 'ip', name })), legacyTables: [], legacyTables6: [] },
});

export const makeRoute = (dst: string, dev: string, more: Partial<Route> = {}): Mutable<Route> =>
  mutable<Route>({
    type: 'unicast',
    dst,
    dev,
    table: 'main',
    protocol: 'kernel',
    scope: 'link',
    flags: [],
    ...more,
  });

const localRoutes = (address: string, dev: string): Route[] => [
  makeRoute('127.0.0.0/8', 'lo', { type: 'local', table: 'local', scope: 'host' }),
  makeRoute(address, dev, { type: 'local', table: 'local', scope: 'host', prefsrc: address }),
];

const policyRules = (): PolicyRule[] =>
  (['inet', 'inet6'] as const).flatMap((family) => [
    { family, priority: 0, src: 'all', table: 'local' },
    { family, priority: 32766, src: 'all', table: 'main' },
    { family, priority: 32767, src: 'all', table: 'default' },
  ]);

export const makeSocket = (
  proto: Socket['proto'],
  local: string,
  port: number,
  comm: string,
  more: Partial<Socket> = {},
): Mutable<Socket> =>
  mutable<Socket>({
    proto,
    family: local.includes(':') ? 'inet6' : 'inet',
    local,
    port,
    inode: 1000 + port,
    processes: [{ pid: 4000 + port, comm }],
    ...more,
  });

export const makeNeighbour = (
  dst: string,
  dev: string,
  lladdr: string | undefined,
  ...state: string[]
): Mutable<Neighbour> =>
  mutable<Neighbour>({
    dst,
    dev,
    ...(lladdr === undefined ? {} : { lladdr }),
    state,
  });

export const macOf = { web: '02:42:ac:14:00:02', db: '02:42:ac:14:00:03', bridge: '02:42:aa:aa:aa:01' } as const;

export function sysctlsFor(links: readonly string[]): Record<string, string> {
  const all: Record<string, string> = {
    'ipv4.ip_forward': '1',
    'ipv4.ip_local_port_range': '32768\t60999',
    'ipv4.neigh.default.gc_thresh3': '1024',
    'ipv6.conf.all.forwarding': '1',
    'bridge.bridge-nf-call-iptables': '1',
    'bridge.bridge-nf-call-ip6tables': '1',
  };
  for (const link of ['all', 'default', ...links]) {
    for (const [key, value] of [
      ['forwarding', '1'],
      ['rp_filter', '0'],
      ['route_localnet', '0'],
      ['accept_local', '0'],
      ['arp_ignore', '0'],
      ['arp_filter', '0'],
      ['proxy_arp', '0'],
      ['src_valid_mark', '0'],
      ['send_redirects', '0'],
    ] as const)
      all[`ipv4.conf.${link}.${key}`] = value;
  }
  return all;
}

const inside = (n: number, address: string, mac: string, outer: number, sockets: readonly Socket[]): Netns =>
  makeNetns(n, [makeLo(), makeVeth(2, 'eth0', outer, 0, { address: mac })], {
    nsids: nsids(1),
    addresses: [{ ifindex: 2, ifname: 'eth0', addr_info: [ipv4(address, 16)] }],
    routes: [
      makeRoute('default', 'eth0', { gateway: '172.20.0.1', scope: 'global', protocol: 'boot' }),
      makeRoute('172.20.0.0/16', 'eth0'),
      ...localRoutes(address, 'eth0'),
    ],
    routes6: [],
    policyRules: policyRules(),
    neighbours: [],
    fdb: [],
    vlans: [],
    sysctls: sysctlsFor(['lo', 'eth0']),
    sockets,
    ruleset: { iptablesNft: embeddedDns, ...table(['nat']) },
  });

const bridgeData = { stp_state: 0, vlan_filtering: 0, nf_call_iptables: 0 };

function homeNetns(): Netns {
  const links = [
    makeLo(),
    makeLink(2, 'eth0', { address: '02:77:00:00:00:0b' }),
    makeBridge(3, 'br-app', { address: macOf.bridge, linkinfo: { info_kind: 'bridge', info_data: bridgeData } }),
    makePort(4, 'vethweb', 2, 0, 'br-app', { address: '02:00:00:00:00:04' }),
    makePort(5, 'vethdb', 2, 1, 'br-app', { address: '02:00:00:00:00:05' }),
    makeBridge(6, 'docker0', {
      address: '02:42:bb:bb:bb:01',
      flags: ['BROADCAST', 'MULTICAST', 'UP', 'NO-CARRIER'],
      operstate: 'DOWN',
      linkinfo: { info_kind: 'bridge', info_data: bridgeData },
    }),
  ];
  const stats64 = {
    rx: { bytes: 0, packets: 0, errors: 0, dropped: 0 },
    tx: { bytes: 0, packets: 0, errors: 0, dropped: 0 },
  };
  for (const link of links) Object.assign(link, { stats64 });
  const names = links.map((link) => link.ifname);
  return makeNetns(1, links, {
    isHost: true,
    nsids: nsids(100, 200),
    addresses: [
      { ifindex: 2, ifname: 'eth0', addr_info: [ipv4('10.77.0.11', 24)] },
      { ifindex: 3, ifname: 'br-app', addr_info: [ipv4('172.20.0.1', 16)] },
      { ifindex: 6, ifname: 'docker0', addr_info: [ipv4('172.17.0.1', 16)] },
    ],
    routes: [
      makeRoute('default', 'eth0', { gateway: '10.77.0.1', scope: 'global', protocol: 'boot' }),
      makeRoute('10.77.0.0/24', 'eth0', { prefsrc: '10.77.0.11' }),
      makeRoute('172.20.0.0/16', 'br-app', { prefsrc: '172.20.0.1' }),
      makeRoute('172.17.0.0/16', 'docker0', { prefsrc: '172.17.0.1', flags: ['linkdown'] }),
      ...localRoutes('10.77.0.11', 'eth0'),
      ...localRoutes('172.20.0.1', 'br-app'),
      ...localRoutes('172.17.0.1', 'docker0'),
    ],
    routes6: [],
    policyRules: policyRules(),
    neighbours: [
      makeNeighbour('10.77.0.1', 'eth0', '02:77:00:00:00:01', 'REACHABLE'),
      makeNeighbour('172.20.0.2', 'br-app', macOf.web, 'STALE'),
      makeNeighbour('172.20.0.99', 'br-app', undefined, 'FAILED'),
    ],
    fdb: [],
    vlans: [],
    sysctls: sysctlsFor(names),
    sockets: [
      makeSocket('tcp', '0.0.0.0', 8080, 'docker-proxy', {
        processes: [
          {
            pid: 900,
            comm: 'docker-proxy',
            cmdline:
              '/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.20.0.2 -container-port 80',
          },
        ],
      }),
    ],
    conntrack: { count: 100, max: 65536 },
    counters: {
      'conntrack.drop': 0,
      'conntrack.insert_failed': 3,
      'conntrack.invalid': 10,
      'arp_cache.table_fulls': 0,
      'ndisc_cache.table_fulls': 0,
      'Ip.FragFails': 0,
      'Tcp.OutRsts': 100,
      'Udp.InCsumErrors': 0,
      'TcpExt.IPReversePathFilter': 0,
    },
    ruleset: { iptablesNft: rules(), ...table(['raw', 'nat', 'filter']) },
  });
}

/** The parts of the host by name; what a test changes. */
export interface Draft {
  readonly host: Mutable<Netns>;
  readonly web: Mutable<Netns>;
  readonly db: Mutable<Netns>;
  readonly engine: Mutable<Engine>;
  readonly webContainer: Mutable<Container>;
  readonly dbContainer: Mutable<Container>;
  /** Network app, on br-app. */
  readonly app: Mutable<EngineNetwork>;
  link(netns: Mutable<Netns>, ifname: string): Mutable<Link>;
  addresses(netns: Mutable<Netns>, ifname: string): Mutable<AddressInfo>[];
  /** Replaces text in the host's iptables rules; throws when it is not there. */
  rule(before: string, after: string): void;
  /** A rule more, at the end of its table. */
  addRule(table: string, rule: string): void;
  fdb(entry: Partial<FdbEntry> & { readonly mac: string; readonly ifname: string }): void;
  /** No engine answers, for these reasons. */
  silence(...gaps: readonly Gap[]): void;
  /** Another running container with a netns of its own on br-app. */
  addNetns(netns: Netns): void;
}

const endpoint = (ipv4Address: string, mac: string, networkId: string) => ({
  network: 'app',
  networkId,
  ipv4: ipv4Address,
  prefixLength4: 16,
  gateway4: '172.20.0.1',
  mac,
  aliases: [],
});

const resolvConf = 'nameserver 127.0.0.11\noptions ndots:0\n';

export function healthyHost(change: (draft: Draft) => void = () => {}): Snapshot {
  const app = makeNetwork('app', {
    subnets: [{ subnet: '172.20.0.0/16', gateway: '172.20.0.1' }],
    options: { 'com.docker.network.bridge.name': 'br-app' },
  });
  const bridge = makeNetwork('bridge', {
    subnets: [{ subnet: '172.17.0.0/16', gateway: '172.17.0.1' }],
    options: { 'com.docker.network.bridge.default_bridge': 'true' },
  });
  const web = makeContainer('web', 100, {
    networkMode: 'app',
    endpoints: [endpoint('172.20.0.2', macOf.web, app.fullId)],
    ports: [{ hostIp: '0.0.0.0', hostPort: 8080, containerPort: 80, proto: 'tcp' }],
    files: { resolvConf },
  });
  const db = makeContainer('db', 200, {
    networkMode: 'app',
    endpoints: [endpoint('172.20.0.3', macOf.db, app.fullId)],
    files: { resolvConf },
  });
  const engine = structuredClone(
    makeEngine([web, db], [bridge, app], { version: '26.1.5', userlandProxy: true, liveRestore: false }),
  ) as Mutable<Engine>;
  const netns = structuredClone([
    homeNetns(),
    inside(100, '172.20.0.2', macOf.web, 4, [makeSocket('tcp', '0.0.0.0', 80, 'nginx')]),
    inside(200, '172.20.0.3', macOf.db, 5, [makeSocket('tcp', '::', 5432, 'postgres', { v6only: false })]),
  ]) as Mutable<Netns>[];
  let silent: readonly Gap[] | undefined;
  const draft: Draft = {
    host: netns[0]!,
    web: netns[1]!,
    db: netns[2]!,
    engine,
    webContainer: engine.containers[0]!,
    dbContainer: engine.containers[1]!,
    app: engine.networks[1]!,
    link: (of, ifname) => of.links!.find((link) => link.ifname === ifname)!,
    addresses: (of, ifname) => of.addresses!.find((one) => one.ifname === ifname)!.addr_info,
    rule: (before, after) => {
      const text = netns[0]!.ruleset!.iptablesNft!;
      if (!text.includes(before)) throw new Error(`no such text in the rules: ${before}`);
      netns[0]!.ruleset!.iptablesNft = text.replace(before, after);
    },
    addRule: (name, rule) => {
      const text = netns[0]!.ruleset!.iptablesNft!;
      const start = text.indexOf(`*${name}\n`);
      const end = text.indexOf('COMMIT', start);
      netns[0]!.ruleset!.iptablesNft = `${text.slice(0, end)}${rule}\n${text.slice(end)}`;
    },
    fdb: (entry) => netns[0]!.fdb!.push({ flags: [], state: '', ...entry } as Mutable<FdbEntry>),
    silence: (...gaps) => {
      silent = gaps;
    },
    addNetns: (one) => netns.push(structuredClone(one) as Mutable<Netns>),
  };
  change(draft);
  if (silent !== undefined) return { ...makeSnapshot(netns as readonly Netns[]), gaps: silent };
  return makeSnapshot(netns as readonly Netns[], [engine as Engine]);
}
