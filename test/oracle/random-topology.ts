/** A random network of the kinds container hosts have: bridges with containers, an uplink, routers, and something odd. */
import type { Random } from './random.ts';
import type { Builder, Topology } from './topology.ts';
import { builder, emptyTopology } from './topology.ts';

interface Site {
  readonly random: Random;
  readonly build: Builder;
  readonly topology: Topology;
  readonly v6: boolean;
  /** Gateways of the containers, by netns. */
  readonly containers: string[];
}

const bridgeNames = ['docker0', 'br-app', 'br-lab'];

const addContainer = (site: Site, bridge: number, n: number): void => {
  const { random, build } = site;
  const name = `c${bridge}${n}`;
  const port = `v${bridge}${n}`;
  build.netns(name);
  build.veth('h', port, name, 'eth0');
  build.port('h', port, bridgeNames[bridge]!);
  build.address(name, 'eth0', `10.${10 + bridge}.0.${10 + n}`, 24);
  build.up('h', port);
  build.up(name, 'eth0');
  if (random.chance(0.92)) build.ip(name, `route add default via 10.${10 + bridge}.0.1`);
  if (site.v6) {
    build.address(name, 'eth0', `fd00:${10 + bridge}::${10 + n}`, 64);
    build.ip(name, `-6 route add default via fd00:${10 + bridge}::1`);
  }
  if (random.chance(0.12)) build.run(`bridge -n $Ph link set dev ${port} hairpin on`);
  if (random.chance(0.12)) build.run(`bridge -n $Ph link set dev ${port} isolated on`);
  if (random.chance(0.05)) build.run(`bridge -n $Ph link set dev ${port} learning off`);
  if (random.chance(0.04)) build.run(`bridge -n $Ph link set dev ${port} flood off`);
  if (random.chance(0.03)) build.ip('h', `link set ${port} down`);
  if (random.chance(0.03)) build.run(`bridge -n $Ph link set dev ${port} state 0`);
  site.containers.push(name);
};

const addBridge = (site: Site, bridge: number): void => {
  const { random, build } = site;
  const name = bridgeNames[bridge]!;
  build.bridge('h', name);
  build.up('h', name);
  if (random.chance(0.95)) build.address('h', name, `10.${10 + bridge}.0.1`, 24);
  if (random.chance(0.1)) build.address('h', name, `10.${10 + bridge}.0.2`, 24);
  if (random.chance(0.08)) build.address('h', name, `10.2${10 + bridge}.0.1`, 24);
  if (site.v6) build.address('h', name, `fd00:${10 + bridge}::1`, 64);
  if (random.chance(0.15)) build.ip('h', `link set ${name} type bridge nf_call_iptables 1`);
  const count = 1 + random.below(3);
  for (let n = 0; n < count; n++) addContainer(site, bridge, n);
};

/** A far network behind the uplink that may or may not know the containers' subnets. */
const addUplink = (site: Site): void => {
  const { random, build } = site;
  build.netns('o');
  build.veth('h', 'eth0', 'o', 'lan');
  build.address('h', 'eth0', '10.77.0.11', 24);
  if (random.chance(0.15)) build.address('h', 'eth0', '10.77.0.12', 24);
  build.address('o', 'lan', '10.77.0.1', 24);
  build.address('o', 'lo', '203.0.113.80', 32);
  build.up('h', 'eth0');
  build.up('o', 'lan');
  build.ip('h', 'route add default via 10.77.0.1');
  if (random.chance(0.4)) build.ip('o', 'route add 10.8.0.0/13 via 10.77.0.11');
  if (random.chance(0.2)) build.ip('o', 'route add 10.8.0.0/13 dev lan');
  build.sysctl('o', 'ipv4/ip_forward', 1);
  if (site.v6) {
    build.address('h', 'eth0', 'fd77::11', 64);
    build.address('o', 'lan', 'fd77::1', 64);
    build.ip('h', '-6 route add default via fd77::1');
    build.ip('o', '-6 route add fd00::/16 via fd77::11');
  }
};

/** A second router on its own link, with a network behind it. */
const addRouter = (site: Site): void => {
  const { random, build } = site;
  build.netns('r');
  build.netns('s');
  build.veth('h', 'tor', 'r', 'toh');
  build.veth('r', 'tos', 's', 'eth0');
  build.address('h', 'tor', '10.50.0.1', 24);
  build.address('r', 'toh', '10.50.0.2', 24);
  build.address('r', 'tos', '10.51.0.1', 24);
  build.address('s', 'eth0', '10.51.0.2', 24);
  for (const [netns, ifname] of [
    ['h', 'tor'],
    ['r', 'toh'],
    ['r', 'tos'],
    ['s', 'eth0'],
  ] as const)
    build.up(netns, ifname);
  build.ip('s', 'route add default via 10.51.0.1');
  if (random.chance(0.8)) build.ip('r', 'route add default via 10.50.0.1');
  if (random.chance(0.8)) build.ip('h', 'route add 10.51.0.0/24 via 10.50.0.2');
  build.sysctl('r', 'ipv4/ip_forward', random.chance(0.9) ? 1 : 0);
  if (random.chance(0.2))
    build.sysctl('r', `ipv4/conf/${random.pick(['toh', 'tos', 'all'])}/rp_filter`, 1 + random.below(2));
  if (random.chance(0.3)) randomPolicy(site, 'r', ['toh', 'tos']);
};

const addMacvlans = (site: Site): void => {
  const { random, build } = site;
  const mode = random.pick(['bridge', 'private', 'vepa']);
  for (const n of [1, 2]) {
    build.netns(`m${n}`);
    build.macvlan('h', 'eth0', `m${n}`, 'eth0', mode);
    build.address(`m${n}`, 'eth0', `10.77.0.${130 + n}`, 24);
    build.up(`m${n}`, 'eth0');
    build.ip(`m${n}`, 'route add default via 10.77.0.1');
  }
};

/** A container that also stands on a link of the outside: what comes by the host is answered past it, and the other way round. */
const addDualHomed = (site: Site): void => {
  const { build } = site;
  build.netns('d');
  build.veth('h', 'vd', 'd', 'eth0');
  build.port('h', 'vd', bridgeNames[0]!);
  build.veth('o', 'dual', 'd', 'eth1');
  build.address('d', 'eth0', '10.10.0.60', 24);
  build.address('d', 'eth1', '10.78.0.2', 24);
  build.address('o', 'dual', '10.78.0.1', 24);
  for (const [netns, ifname] of [
    ['h', 'vd'],
    ['d', 'eth0'],
    ['d', 'eth1'],
    ['o', 'dual'],
  ] as const)
    build.up(netns, ifname);
  for (const net of ['10.77.0.0/24', '203.0.113.0/24']) build.ip('d', `route add ${net} via 10.78.0.1`);
  build.ip('d', 'route add default via 10.10.0.1');
  build.ip('o', 'route replace 10.10.0.0/24 via 10.77.0.11');
};

/** A netns with a bridge of its own, cabled to the first bridge: one layer 2 segment over two bridges. */
const addFarBridge = (site: Site): void => {
  const { random, build } = site;
  build.netns('f');
  build.netns('g');
  build.bridge('f', 'br-far');
  build.up('f', 'br-far');
  build.veth('h', 'vfar', 'f', 'uplink');
  build.port('h', 'vfar', bridgeNames[0]!);
  build.port('f', 'uplink', 'br-far');
  build.veth('f', 'vg', 'g', 'eth0');
  build.port('f', 'vg', 'br-far');
  for (const [netns, ifname] of [
    ['h', 'vfar'],
    ['f', 'uplink'],
    ['f', 'vg'],
    ['g', 'eth0'],
  ] as const)
    build.up(netns, ifname);
  build.address('g', 'eth0', '10.10.0.50', 24);
  build.ip('g', 'route add default via 10.10.0.1');
  if (random.chance(0.5)) build.sysctl('f', 'bridge/bridge-nf-call-iptables', 1);
  if (random.chance(0.3))
    build.run(`bridge -n $Pf link set dev vg ${random.pick(['isolated on', 'learning off', 'hairpin on'])}`);
};

const randomPolicy = (site: Site, netns: string, links: readonly string[]): void => {
  const { random, build } = site;
  const selectors = [
    () => `from 10.${random.pick([10, 11, 51])}.0.0/24`,
    () => `to ${random.pick(['203.0.113.80', '10.51.0.0/24', '10.11.0.0/24'])}`,
    () => `iif ${random.pick([...links, 'lo'])}`,
    () => 'fwmark 0x1/0xff',
    () => 'ipproto udp',
    () => 'ipproto tcp dport 80-81',
    () => `not from 10.${random.pick([10, 50, 77])}.0.0/16`,
    () => 'tos 0x10',
  ];
  const actions = [
    'lookup 100',
    'lookup 100',
    'lookup 101',
    'blackhole',
    'unreachable',
    'prohibit',
    'lookup main suppress_prefixlength 0',
    'goto 32766',
  ];
  for (let n = 1 + random.below(2); n > 0; n--)
    build.ip(netns, `rule add pref ${100 + random.below(900)} ${random.pick(selectors)()} ${random.pick(actions)}`);
  if (random.chance(0.6)) build.ip(netns, `route add default dev ${random.pick(links)} table 100`);
  if (random.chance(0.4)) build.ip(netns, `route add throw 10.0.0.0/8 table 101`);
  build.ip(
    netns,
    `route add ${random.pick(['203.0.113.0/24', '10.11.0.0/24', '10.51.0.0/24'])} dev ${random.pick(links)} table 101`,
  );
};

const hostSysctls = (site: Site): void => {
  const { random, build, topology } = site;
  const links = topology.links
    .filter((link) => link.netns === 'h' && link.master === undefined)
    .map((link) => link.ifname);
  for (const link of topology.links) build.sysctl(link.netns, `ipv4/neigh/${link.ifname}/proxy_delay`, 0);
  build.sysctl('h', 'ipv4/ip_forward', random.chance(0.85) ? 1 : 0);
  if (site.v6) build.sysctl('h', 'ipv6/conf/all/forwarding', random.chance(0.85) ? 1 : 0);
  if (random.chance(0.6)) build.sysctl('h', 'bridge/bridge-nf-call-iptables', 1);
  if (site.v6 && random.chance(0.5)) build.sysctl('h', 'bridge/bridge-nf-call-ip6tables', 1);
  if (random.chance(0.5)) build.sysctl('h', 'ipv4/conf/all/rp_filter', random.below(3));
  const keys = [
    'rp_filter 1',
    'rp_filter 2',
    'route_localnet 1',
    'accept_local 1',
    'proxy_arp 1',
    'forwarding 0',
    'forwarding 1',
    'arp_ignore 1',
    'arp_ignore 2',
    'send_redirects 0',
    'arp_announce 2',
  ];
  for (let n = random.below(4); n > 0; n--) {
    const [key, value] = random.pick(keys).split(' ');
    build.sysctl('h', `ipv4/conf/${random.pick([...links, 'all'])}/${key}`, value!);
  }
  for (const container of site.containers)
    if (random.chance(0.1))
      build.sysctl(container, `ipv4/conf/eth0/${random.pick(['rp_filter', 'route_localnet', 'arp_ignore'])}`, 1);
};

const oddities = (site: Site): void => {
  const { random, build } = site;
  const oneOf: readonly (() => void)[] = [
    () =>
      build.ip(
        'h',
        `route add ${random.pick(['blackhole', 'unreachable', 'prohibit'])} ${random.pick(['10.11.0.0/25', '10.51.0.2', '203.0.113.80', '10.10.0.11'])}`,
      ),
    () => build.ip('h', `neigh replace 10.10.0.10 lladdr 02:00:00:00:00:99 dev docker0 nud permanent`),
    () => build.run(`bridge -n $Ph fdb replace 02:00:00:00:00:98 dev v00 master static`),
    () => build.ip('c00', 'neigh replace 10.10.0.1 lladdr 02:00:00:00:00:99 dev eth0 nud permanent'),
    () => build.ip('h', 'link set docker0 down'),
    () => build.ip('h', 'route replace 10.10.0.0/24 dev docker0 src 10.77.0.11'),
    () => build.ip('c00', 'addr add 10.10.0.200/32 dev eth0'),
    () => build.ip('c00', 'route add 10.66.0.0/16 dev eth0'),
    () => build.ip('h', 'addr add 10.66.0.5/32 dev lo'),
    () => build.ip('h', 'route add local 10.67.0.0/24 dev lo'),
    () => build.ip('h', 'route add 198.51.100.0/24 nexthop via 10.77.0.1 nexthop via 10.77.0.1'),
    () => randomPolicy(site, 'h', ['docker0', 'eth0']),
    () => randomPolicy(site, 'h', ['docker0', 'eth0']),
    () => build.ip('h', 'rule add pref 50 fwmark 0x1 lookup 100'),
    () => build.ip('c00', 'link set eth0 mtu 1400'),
  ];
  for (let n = random.below(4); n > 0; n--) random.pick(oneOf)();
};

/** `wide`: wirings that are rarer, too. */
export const randomTopology = (random: Random, wide: boolean): Topology => {
  const topology = emptyTopology();
  const site: Site = { random, topology, build: builder(topology), v6: random.chance(0.35), containers: [] };
  site.build.netns('h');
  const bridges = 1 + random.below(2);
  for (let bridge = 0; bridge < bridges; bridge++) addBridge(site, bridge);
  addUplink(site);
  if (random.chance(0.35)) addRouter(site);
  if (random.chance(0.2)) addMacvlans(site);
  if (random.chance(0.2)) addFarBridge(site);
  if (wide && random.chance(0.4)) addDualHomed(site);
  oddities(site);
  hostSysctls(site);
  return topology;
};
