/** Two hosts on one wire, joined in every way containers are joined across hosts: built from netns, for predicting and probing all pairs. */
import type { Builder, Topology } from './topology.ts';
import { builder, emptyTopology } from './topology.ts';

export interface TwoHosts {
  readonly topology: Topology;
  readonly hosts: readonly { readonly name: string; readonly own: string; readonly netns: readonly string[] }[];
  /** Netns that send and are sent to. */
  readonly ends: readonly string[];
}

interface Side {
  /** Own netns, its address on the wire, and the other's. */
  readonly own: string;
  readonly address: string;
  readonly other: string;
  /** Number of its containers' subnet, 10.91.N.0/24, and of the other's. */
  readonly subnet: number;
  readonly far: number;
  readonly containers: readonly string[];
}

const sides: readonly Side[] = [
  { own: 'ah', address: '192.0.2.11', other: '192.0.2.12', subnet: 1, far: 2, containers: ['a1', 'a2'] },
  { own: 'bh', address: '192.0.2.12', other: '192.0.2.11', subnet: 2, far: 1, containers: ['b1', 'b2'] },
];

const mac = (side: Side, n: number): string => `02:91:00:00:0${side.subnet}:0${n}`;
const farMac = (side: Side, n: number): string => `02:91:00:00:0${side.far}:0${n}`;

/** The switch, and each host's uplink. */
const addWire = (b: Builder): void => {
  b.netns('lan');
  b.bridge('lan', 'lan0');
  b.up('lan', 'lan0');
  for (const side of sides) {
    b.netns(side.own);
    b.veth('lan', `p${side.own}`, side.own, 'eth0');
    b.port('lan', `p${side.own}`, 'lan0');
    b.up('lan', `p${side.own}`);
    b.address(side.own, 'eth0', side.address, 24);
    b.up(side.own, 'eth0');
    b.sysctl(side.own, 'ipv4/ip_forward', 1);
  }
};

/** Containers on a bridge whose address is their gateway, as on docker0. */
const addBridge = (b: Builder, side: Side): void => {
  b.bridge(side.own, 'br0');
  b.address(side.own, 'br0', `10.91.${side.subnet}.1`, 24);
  b.up(side.own, 'br0');
  for (const [n, name] of side.containers.entries()) {
    b.netns(name);
    b.veth(side.own, `v${name}`, name, 'eth0');
    b.port(side.own, `v${name}`, 'br0');
    b.up(side.own, `v${name}`);
    b.address(name, 'eth0', `10.91.${side.subnet}.${n + 11}`, 24);
    b.up(name, 'eth0');
    b.ip(name, `route add default via 10.91.${side.subnet}.1`);
  }
};

const staticRoutes = (b: Builder): void => {
  for (const side of sides) {
    addBridge(b, side);
    b.ip(side.own, `route add 10.91.${side.far}.0/24 via ${side.other}`);
  }
};

/** flannel's vxlan backend: one link, fixed neighbours and forwarding entries, a route for each other host. */
const flannel = (
  b: Builder,
  change: (side: Side) => { readonly vni?: number; readonly port?: number } = () => ({}),
): void => {
  for (const side of sides) {
    addBridge(b, side);
    const { vni = 1, port = 8472 } = change(side);
    b.ip(
      side.own,
      `link add flannel.1 address ${mac(side, 1)} type vxlan id ${vni} local ${side.address} dev eth0 dstport ${port} nolearning`,
    );
    b.ip(side.own, 'link set flannel.1 mtu 1450');
    b.address(side.own, 'flannel.1', `10.91.${side.subnet}.0`, 32);
    b.up(side.own, 'flannel.1');
    b.ip(side.own, `neigh replace 10.91.${side.far}.0 lladdr ${farMac(side, 1)} dev flannel.1 nud permanent`);
    b.run(`bridge -n $P${side.own} fdb append ${farMac(side, 1)} dev flannel.1 dst ${side.other} self permanent`);
    b.ip(side.own, `route add 10.91.${side.far}.0/24 via 10.91.${side.far}.0 dev flannel.1 onlink`);
  }
};

/** One subnet over both hosts: containers and the tunnel on one bridge. `home`: the netns the bridge is in. */
const addOverlayEnds = (b: Builder, side: Side, home: string): void => {
  for (const [n, name] of side.containers.entries()) {
    b.netns(name);
    b.veth(home, `v${name}`, name, 'eth0');
    b.ip(name, `link set eth0 address ${mac(side, n + 1)} mtu 1450`);
    b.port(home, `v${name}`, 'br0');
    b.up(home, `v${name}`);
    b.address(name, 'eth0', `10.99.0.${side.subnet}${n + 1}`, 24);
    b.up(name, 'eth0');
  }
};

/** As swarm does it: bridge and tunnel in a netns of their own, neighbours and forwarding entries fixed, the tunnel answers for them. */
const swarm = (b: Builder): void => {
  for (const side of sides) {
    const home = `${side.own[0]}o`;
    b.netns(home);
    b.bridge(home, 'br0');
    b.address(home, 'br0', '10.99.0.1', 24);
    b.up(home, 'br0');
    b.ip(side.own, 'link add vx0 type vxlan id 4096 dstport 4789 proxy l2miss l3miss');
    b.run(`ip -n $P${side.own} link set vx0 netns $P${home} name vxlan0`);
    b.port(home, 'vxlan0', 'br0');
    b.up(home, 'vxlan0');
    addOverlayEnds(b, side, home);
    for (const n of [1, 2]) {
      b.ip(home, `neigh add 10.99.0.${side.far}${n} lladdr ${farMac(side, n)} dev vxlan0 nud permanent`);
      b.run(`bridge -n $P${home} fdb add ${farMac(side, n)} dev vxlan0 dst ${side.other} self permanent`);
    }
  }
};

/** A bridge on each host, tied by a tunnel that floods and learns (weave's bridge, a plain VXLAN). */
const flooding = (b: Builder): void => {
  for (const side of sides) {
    b.bridge(side.own, 'br0');
    b.up(side.own, 'br0');
    b.ip(side.own, `link add vx0 type vxlan id 42 remote ${side.other} dstport 4789`);
    b.port(side.own, 'vx0', 'br0');
    b.up(side.own, 'vx0');
    addOverlayEnds(b, side, side.own);
  }
};

/** The same over IPv6, told of everybody by a list, without learning: unknown addresses go to all. */
const listed = (b: Builder): void => {
  for (const [n, side] of sides.entries()) {
    b.address(side.own, 'eth0', `2001:db8:9::${n + 1}`, 64);
    b.bridge(side.own, 'br0');
    b.up(side.own, 'br0');
    b.ip(side.own, `link add vx0 type vxlan id 43 local 2001:db8:9::${n + 1} dstport 4789 nolearning`);
    b.port(side.own, 'vx0', 'br0');
    b.up(side.own, 'vx0');
    b.run(`bridge -n $P${side.own} fdb append 00:00:00:00:00:00 dev vx0 dst 2001:db8:9::${2 - n} self permanent`);
    b.run(`bridge -n $P${side.own} fdb append 00:00:00:00:00:00 dev vx0 dst 2001:db8:9::99 self permanent`);
    addOverlayEnds(b, side, side.own);
  }
};

/** Uplink and containers as ports of one bridge, which has the host's address: no routing, no tunnel. */
const bridgedUplinks = (b: Builder): void => {
  for (const side of sides) {
    b.bridge(side.own, 'br0');
    b.up(side.own, 'br0');
    b.ip(side.own, `addr flush dev eth0`);
    b.port(side.own, 'eth0', 'br0');
    b.ip(side.own, `addr add ${side.address}/24 dev br0`);
    for (const [n, name] of side.containers.entries()) {
      b.netns(name);
      b.veth(side.own, `v${name}`, name, 'eth0');
      b.port(side.own, `v${name}`, 'br0');
      b.up(side.own, `v${name}`);
      b.address(name, 'eth0', `192.0.2.${side.subnet}${n + 1}1`, 24);
      b.up(name, 'eth0');
    }
  }
  // A veth in a bridge could lead anywhere: that it is the wire shows in the neighbours of whoever has used it.
  b.inside('ah', 'ping -c 1 -W 5 192.0.2.12 > /dev/null');
};

/** Calico's wiring: no bridge, one route a workload, the host answers for a gateway that nobody has. */
const routedWorkloads = (b: Builder): void => {
  for (const side of sides) {
    for (const [n, name] of side.containers.entries()) {
      const address = `10.91.${side.subnet}.${n + 11}`;
      const outside = `cali${name}`;
      b.netns(name);
      b.veth(side.own, outside, name, 'eth0');
      b.ip(side.own, `link set ${outside} address ee:ee:ee:ee:ee:ee`);
      b.up(side.own, outside);
      b.sysctl(side.own, `ipv4/conf/${outside}/proxy_arp`, 1);
      b.sysctl(side.own, `ipv4/neigh/${outside}/proxy_delay`, 0);
      b.ip(side.own, `route add ${address}/32 dev ${outside} scope link`);
      b.address(name, 'eth0', address, 32);
      b.up(name, 'eth0');
      b.ip(name, 'route add 169.254.1.1 dev eth0 scope link');
      b.ip(name, 'route add default via 169.254.1.1 dev eth0');
    }
    // A gateway that nobody has is answered for only where a route leads to it.
    b.ip(side.own, 'route add default via 192.0.2.1');
    b.ip(side.own, `route add blackhole 10.91.${side.subnet}.0/24 proto bird`);
    b.ip(side.own, `route add 10.91.${side.far}.0/24 via ${side.other} dev eth0 proto bird`);
  }
};

/** Containers with a macvlan on the uplink: on the wire themselves, on both hosts. */
const macvlans = (b: Builder): void => {
  for (const side of sides) {
    for (const [n, name] of side.containers.entries()) {
      b.netns(name);
      b.macvlan(side.own, 'eth0', name, 'eth0', n === 0 ? 'bridge' : 'private');
      b.address(name, 'eth0', `192.0.2.${side.subnet}${n + 1}1`, 24);
      b.up(name, 'eth0');
    }
  }
};

const rule = (b: Builder, netns: string, words: string): void => b.inside(netns, `iptables-nft ${words}`);

const setups: Readonly<Record<string, (b: Builder) => void>> = {
  'static routes': staticRoutes,
  'no route back': (b) => {
    staticRoutes(b);
    b.ip('bh', 'route del 10.91.1.0/24');
  },
  'masqueraded towards the other host': (b) => {
    staticRoutes(b);
    rule(b, 'ah', '-t nat -A POSTROUTING -s 10.91.1.0/24 ! -o br0 -j MASQUERADE');
    rule(b, 'bh', '-P FORWARD DROP');
    rule(b, 'bh', '-A FORWARD -s 192.0.2.11 -j ACCEPT');
    rule(b, 'bh', '-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT');
  },
  flannel: (b) => flannel(b),
  'flannel, its port closed on one host': (b) => {
    flannel(b);
    rule(b, 'bh', '-A INPUT -p udp --dport 8472 -j DROP');
  },
  'flannel, another number on one host': (b) => flannel(b, ({ own }) => (own === 'bh' ? { vni: 2 } : {})),
  'flannel, another port on one host': (b) => flannel(b, ({ own }) => (own === 'bh' ? { port: 4789 } : {})),
  'flannel, a forwarding entry missing': (b) => {
    flannel(b);
    b.run('bridge -n $Pah fdb del 02:91:00:00:02:01 dev flannel.1 dst 192.0.2.12 self');
  },
  'flannel, a neighbour missing': (b) => {
    flannel(b);
    b.ip('bh', 'neigh del 10.91.1.0 dev flannel.1');
  },
  swarm,
  'swarm, a neighbour missing': (b) => {
    swarm(b);
    b.ip('ao', 'neigh del 10.99.0.21 dev vxlan0');
  },
  'swarm, an entry for the wrong host': (b) => {
    swarm(b);
    b.run('bridge -n $Pao fdb replace 02:91:00:00:02:01 dev vxlan0 dst 192.0.2.99 self permanent');
  },
  'a flooding tunnel': flooding,
  'a flooding tunnel, its port closed on one host': (b) => {
    flooding(b);
    rule(b, 'ah', '-A INPUT -p udp --dport 4789 -j DROP');
  },
  'a tunnel over IPv6 with a list of other ends': listed,
  'bridged uplinks': bridgedUplinks,
  'routed workloads': routedWorkloads,
  'routed workloads, no BGP routes on one host': (b) => {
    routedWorkloads(b);
    b.ip('ah', 'route del 10.91.2.0/24');
  },
  macvlans,
};

export const setupNames = Object.keys(setups);

export const buildTwoHosts = (name: string): TwoHosts => {
  const topology = emptyTopology();
  const b = builder(topology);
  addWire(b);
  setups[name]!(b);
  const hosts = sides.map(({ own }) => ({
    name: `node-${own[0]}`,
    own,
    netns: topology.netns.filter((netns) => netns.startsWith(own[0]!)),
  }));
  return { topology, hosts, ends: topology.netns.filter((netns) => netns !== 'lan' && !netns.endsWith('o')) };
};
