/** Small snapshots by hand: only what a test is about is written out. */
import type { Container, Engine, EngineNetwork } from '../../src/model/container.ts';
import { containerId, hostId, type NetnsId, netnsId, networkId } from '../../src/model/ids.ts';
import type { AddressInfo, Link } from '../../src/model/link.ts';
import type { Netns, NetnsHolder } from '../../src/model/netns.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';

export const host = hostId('h1');
export const inode = (n: number): NetnsId => netnsId(host, 4, n);

type Loose<T> = { readonly [Key in keyof T]?: T[Key] };

export const makeLink = (ifindex: number, ifname: string, more: Loose<Link> = {}): Link => ({
  ifindex,
  ifname,
  flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
  mtu: 1500,
  operstate: 'UP',
  link_type: 'ether',
  ...more,
});

export const makeVeth = (
  ifindex: number,
  ifname: string,
  link_index: number,
  link_netnsid: number,
  more: Loose<Link> = {},
): Link => makeLink(ifindex, ifname, { link_index, link_netnsid, linkinfo: { info_kind: 'veth' }, ...more });

/** A veth whose outer end is a forwarding port of `master`. */
export const makePort = (
  ifindex: number,
  ifname: string,
  link_index: number,
  link_netnsid: number,
  master: string,
  more: Loose<Link> = {},
): Link =>
  makeVeth(ifindex, ifname, link_index, link_netnsid, {
    master,
    linkinfo: {
      info_kind: 'veth',
      info_slave_kind: 'bridge',
      info_slave_data: { state: 'forwarding', hairpin: false, learning: true },
    },
    ...more,
  });

export const makeBridge = (ifindex: number, ifname: string, more: Loose<Link> = {}): Link =>
  makeLink(ifindex, ifname, { linkinfo: { info_kind: 'bridge' }, ...more });

export const makeLo = (): Link =>
  makeLink(1, 'lo', { flags: ['LOOPBACK', 'UP', 'LOWER_UP'], link_type: 'loopback', operstate: 'UNKNOWN' });

export const ipv4 = (local: string, prefixlen = 24): AddressInfo => ({
  family: 'inet',
  local,
  prefixlen,
  scope: 'global',
});

export const process = (pid: number, comm = 'app'): NetnsHolder => ({ kind: 'process', pid, comm });

export const makeNetns = (n: number, links: readonly Link[] | undefined, more: Loose<Netns> = {}): Netns => ({
  id: inode(n),
  dev: 4,
  inode: n,
  isHost: false,
  names: [],
  holders: [process(n)],
  nsids: [],
  ...(links === undefined ? {} : { links }),
  addresses: [],
  ...more,
});

export const nsids = (...inodes: readonly (number | undefined)[]) =>
  inodes.map((n, nsid) => ({ nsid, ...(n === undefined ? {} : { netns: inode(n) }) }));

/** A running container whose first process is number `pid`. */
export const makeContainer = (name: string, pid: number, more: Loose<Container> = {}): Container => {
  const fullId = more.fullId ?? Buffer.from(name.padEnd(32, '.')).toString('hex');
  return {
    id: containerId(host, 'docker', fullId),
    engine: 'docker',
    fullId,
    name,
    image: 'box',
    state: 'running',
    pid,
    mode: 'bridge',
    networkMode: 'default',
    endpoints: [],
    ports: [],
    exposedPorts: [],
    labels: {},
    ...more,
  };
};

export const makeNetwork = (name: string, more: Loose<EngineNetwork> = {}): EngineNetwork => {
  const fullId = more.fullId ?? Buffer.from(name.padEnd(32, '.')).toString('hex');
  return {
    id: networkId(host, 'docker', fullId),
    engine: 'docker',
    fullId,
    name,
    driver: 'bridge',
    scope: 'local',
    internal: false,
    enableIpv4: true,
    enableIpv6: false,
    ingress: false,
    attachable: false,
    subnets: [],
    options: {},
    labels: {},
    containers: [],
    ...more,
  };
};

export const makeEngine = (
  containers: readonly Container[],
  networks: readonly EngineNetwork[] = [],
  more: Loose<Engine> = {},
): Engine => ({
  kind: 'docker',
  socket: '/run/docker.sock',
  version: '28.5.2',
  apiVersion: '1.51',
  rootless: false,
  warnings: [],
  containers,
  networks,
  ...more,
});

export const makeSnapshot = (netns: readonly Netns[], engines: readonly Engine[] = []): Snapshot => ({
  host: { id: host, hostname: 'h1', kernel: '6.18', uid: 0, privileged: true, tools: {} },
  takenAt: '2026-01-01T00:00:00.000Z',
  tookMs: 1,
  engines,
  netns,
  gaps: [],
});
