/** A network around a rule set that was found somewhere: bridges, containers and an uplink with the names, addresses and ports it speaks of. */
import type { Random } from './random.ts';
import { seededRandom } from './random.ts';
import type { Probe } from './random-probes.ts';
import { type Builder, builder, emptyTopology, type Topology } from './topology.ts';

interface Net {
  readonly ifname: string;
  /** First groups of its addresses, with the last dot or colon; and how long its prefix is. */
  readonly start: string;
  readonly length: number;
  readonly hosts: Set<string>;
}

const isOther = (name: string): boolean => /^(lo|loopback0|eth\d*|ens\d+|enp.*|wlan.*|\*|\+)$/.test(name);
/** A wildcard stands for some link of such a name. */
const linkName = (name: string): string => name.replace(/[+*]$/, '0').slice(0, 15);

const linksOf = (line: string): readonly string[] => [
  ...new Set(
    [...line.matchAll(/(?: -[io] |[io]ifname (?:!= )?"?|^\s*(?:elements = \{ )?")([^\s",]+)/g)]
      .map(([, name]) => linkName(name!))
      .filter((name) => !isOther(name)),
  ),
];

const addressesOf = (line: string, family: 4 | 6): readonly { readonly address: string; readonly length: number }[] => {
  const pattern =
    family === 4
      ? /(?<![\d.:])(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?/g
      : /(?<![\w.:])((?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4})(?:\/(\d+))?/g;
  return [...line.matchAll(pattern)]
    .map(([, address, length]) => ({ address: address!, length: Number(length ?? (family === 4 ? 32 : 128)) }))
    .filter(({ address }) => !/^(127|0|224|169\.254|255)\.|^(::|fe80|ff)/.test(address));
};

const startOf = (address: string, family: 4 | 6): string =>
  family === 4 ? address.replace(/\d+$/, '') : address.replace(/[0-9a-f]*$/, '').replace(/([^:]):$/, '$1::');

/** What is said of each bridge: lines that name just one. */
const netsOf = (text: string, family: 4 | 6): readonly Net[] => {
  const nets = new Map<string, Net>();
  const lines = text.split('\n').map((line) => ({ links: linksOf(line), found: addressesOf(line, family) }));
  const full = family === 4 ? 32 : 128;
  const add = (ifname: string, address: string, length: number): void => {
    const start = startOf(address, family);
    if (nets.has(ifname) || [...nets.values()].some((net) => net.start === start)) return;
    nets.set(ifname, { ifname, start, length: Math.max(length, family === 4 ? 24 : 64), hosts: new Set() });
  };
  for (const wide of [true, false])
    for (const { links, found } of lines)
      for (const { address, length } of found)
        if (links.length === 1 && length < full === wide && length > 7)
          add(links[0]!, address, wide ? length : family === 4 ? 24 : 64);
  let next = 200;
  if (family === 4) for (const ifname of lines.flatMap(({ links }) => links)) add(ifname, `10.${next++}.0.0`, 24);
  for (const { found } of lines)
    for (const { address, length } of found)
      if (length === full)
        for (const net of nets.values())
          if (startOf(address, family) === net.start && !/(?:\.1|\.0)$/.test(address)) net.hosts.add(address);
  return [...nets.values()];
};

const portsOf = (text: string): readonly number[] => [
  ...new Set([80, ...[...text.matchAll(/dports? (\d+)/g)].map(([, port]) => Number(port))]),
];

const addBridge = (build: Builder, random: Random, net: Net, n: number, net6: Net | undefined): void => {
  build.bridge('h', net.ifname);
  build.address('h', net.ifname, `${net.start}1`, net.length);
  if (net6 !== undefined) build.address('h', net.ifname, `${net6.start}fe`, 64);
  build.up('h', net.ifname);
  const hosts = [...[...net.hosts].slice(0, 3), `${net.start}99`];
  const hosts6 = net6 === undefined ? [] : [...[...net6.hosts].slice(0, 3), `${net6.start}99`];
  for (const [k, address] of hosts.entries()) {
    const name = `c${n}${k}`;
    build.netns(name);
    build.veth('h', `v${n}${k}`, name, 'eth0');
    build.port('h', `v${n}${k}`, net.ifname);
    build.address(name, 'eth0', address, net.length);
    build.up('h', `v${n}${k}`);
    build.up(name, 'eth0');
    build.ip(name, `route add default via ${net.start}1`);
    const address6 = hosts6[k];
    if (net6 !== undefined && address6 !== undefined) {
      build.address(name, 'eth0', address6, 64);
      build.ip(name, `-6 route add default via ${net6.start}fe`);
    }
    if (random.chance(0.4)) build.run(`bridge -n $Ph link set dev v${n}${k} hairpin on`);
  }
};

const addOutside = (build: Builder, nets: readonly Net[]): void => {
  build.netns('o');
  build.veth('h', 'eth0', 'o', 'lan');
  build.address('h', 'eth0', '10.77.0.11', 24);
  build.address('o', 'lan', '10.77.0.1', 24);
  build.address('o', 'lo', '203.0.113.80', 32);
  build.up('h', 'eth0');
  build.up('o', 'lan');
  build.ip('h', 'route add default via 10.77.0.1');
  for (const net of nets) build.ip('o', `route add ${net.start}0/${net.length} via 10.77.0.11`);
  build.sysctl('o', 'ipv4/ip_forward', 1);
};

const addOutside6 = (build: Builder, nets: readonly Net[]): void => {
  build.address('h', 'eth0', 'fd77::11', 64);
  build.address('o', 'lan', 'fd77::1', 64);
  build.ip('h', '-6 route add default via fd77::1');
  for (const net of nets) build.ip('o', `-6 route add ${net.start}/64 via fd77::11`);
};

/** nft of Debian 12 knows no names for the priority of NAT at output. */
const loadable = (text: string): string => text.replace(/(hook output priority )dstnat/g, '$1-100');

const load = (build: Builder, random: Random, text: string, isIpv6: boolean): void => {
  const tool =
    text.includes('*filter') || text.includes('*nat') || text.includes('*raw')
      ? random.pick(['nft', 'legacy'])
      : undefined;
  const command = tool === undefined ? 'nft -f -' : `${isIpv6 ? 'ip6tables' : 'iptables'}-${tool}-restore`;
  build.inside('h', `${command} <<'RULES'\n${loadable(text)}\nRULES`);
};

const sysctls = (build: Builder, random: Random, nets: readonly Net[]): void => {
  build.sysctl('h', 'ipv4/ip_forward', 1);
  build.sysctl('h', 'ipv6/conf/all/forwarding', 1);
  if (random.chance(0.8)) build.sysctl('h', 'bridge/bridge-nf-call-iptables', 1);
  if (random.chance(0.8)) build.sysctl('h', 'bridge/bridge-nf-call-ip6tables', 1);
  if (random.chance(0.4)) build.sysctl('h', 'ipv4/conf/all/rp_filter', random.below(3));
  for (const net of nets) if (random.chance(0.5)) build.sysctl('h', `ipv4/conf/${net.ifname}/route_localnet`, 1);
};

/** `text`: what iptables-save, ip6tables-save or `nft list ruleset` printed. undefined: it speaks of no bridge. */
export const rulesTopology = (seed: number, text: string): Topology | undefined => {
  const random = seededRandom(seed);
  const topology = emptyTopology();
  const build = builder(topology);
  const nets6 = netsOf(text, 6).slice(0, 3);
  const nets = netsOf(text, 4).slice(0, 3);
  if (nets.length === 0) return undefined;
  build.netns('h');
  for (const [n, net] of nets.entries())
    addBridge(
      build,
      random,
      net,
      n,
      nets6.find(({ ifname }) => ifname === net.ifname),
    );
  addOutside(build, nets);
  if (nets6.length > 0) addOutside6(build, nets6);
  sysctls(build, random, nets);
  load(build, random, text, nets6.length > 0);
  return topology;
};

/** Packets to every address and port that the rules speak of. */
export const rulesProbes = (seed: number, text: string, topology: Topology, count: number): readonly Probe[] => {
  const random = seededRandom(seed ^ 0x5eed);
  const ports = portsOf(text);
  const v6 = topology.addresses.some(({ family }) => family === 6);
  return Array.from({ length: count }, (_, number): Probe => {
    const family = v6 && random.chance(0.7) ? 6 : 4;
    const netns = random.pick([...topology.netns, 'h', 'o']);
    const proto = random.pick(['tcp', 'tcp', 'udp', 'icmp'] as const);
    const addresses = topology.addresses.filter((one) => one.family === family).map(({ address }) => address);
    return {
      number,
      netns,
      proto,
      dst: random.chance(0.1) ? (family === 6 ? '::1' : '127.0.0.1') : random.pick(addresses),
      dport: random.pick(ports),
      ...(proto !== 'icmp' && random.chance(0.5) && { sport: 4000 + number }),
    };
  });
};
