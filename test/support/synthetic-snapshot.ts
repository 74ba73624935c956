/** A host with as many containers as wanted, as `collect` would have found it: for speed and for crowded screens. */
import type { Container, Engine, EngineNetwork } from '../../src/model/container.ts';
import { containerId, hostId, netnsId, networkId } from '../../src/model/ids.ts';
import type { Link, LinkAddresses } from '../../src/model/link.ts';
import type { Netns } from '../../src/model/netns.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';

const host = hostId('synthetic');
const dev = 4;
const hostInode = 4_026_531_833;
const perBridge = 250;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const idOf = (n: number): string => hex((n * 2_654_435_761) % 2 ** 32, 8).repeat(8);
const innerMac = (n: number): string => `02:42:ac:${hex(n >> 16, 2)}:${hex((n >> 8) & 255, 2)}:${hex(n & 255, 2)}`;
const outerMac = (n: number): string => `6a:11:00:${hex(n >> 16, 2)}:${hex((n >> 8) & 255, 2)}:${hex(n & 255, 2)}`;

const bridgeOf = (n: number): number => Math.floor((n - 1) / perBridge);
const addressOf = (n: number): string =>
  `172.${20 + bridgeOf(n)}.${Math.floor(((n - 1) % perBridge) / 200)}.${2 + ((n - 1) % 200)}`;
const bridgeName = (bridge: number): string => `br-${hex(bridge + 1, 12)}`;
const names = ['web', 'api', 'db', 'cache', 'queue', 'worker', 'search', 'mail'];
const nameOf = (n: number): string => `shop-${names[n % names.length]}-${n}`;

const base = { flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'], mtu: 1500, operstate: 'UP', link_type: 'ether' };

const vethOutside = (n: number): Link => ({
  ...base,
  ifindex: 100 + n,
  ifname: `veth${hex(n * 7919, 7)}`,
  master: bridgeName(bridgeOf(n)),
  address: outerMac(n),
  link_index: 2,
  link_netnsid: n,
  linkinfo: {
    info_kind: 'veth',
    info_slave_kind: 'bridge',
    info_slave_data: { state: 'forwarding', hairpin: false, isolated: false, learning: true, guard: false },
  },
});

const vethInside = (n: number): Link => ({
  ...base,
  ifindex: 2,
  ifname: 'eth0',
  address: innerMac(n),
  link_index: 100 + n,
  link_netnsid: 0,
  linkinfo: { info_kind: 'veth' },
});

const addresses = (ifindex: number, ifname: string, local: string, prefixlen: number): LinkAddresses => ({
  ifindex,
  ifname,
  addr_info: [{ family: 'inet', local, prefixlen, scope: 'global' }],
});

const route = (dst: string, device: string, gateway?: string) => ({
  type: 'unicast',
  dst,
  dev: device,
  table: 'main',
  protocol: gateway === undefined ? 'kernel' : 'boot',
  scope: gateway === undefined ? 'link' : 'global',
  flags: [],
  ...(gateway === undefined ? {} : { gateway }),
});

const containerNetns = (n: number): Netns => ({
  id: netnsId(host, dev, hostInode + n),
  dev,
  inode: hostInode + n,
  isHost: false,
  names: [],
  holders: [{ kind: 'process', pid: 10_000 + n, comm: 'node' }],
  nsids: [{ nsid: 0, netns: netnsId(host, dev, hostInode) }],
  links: [vethInside(n)],
  addresses: [addresses(2, 'eth0', addressOf(n), 16)],
  routes: [
    route('default', 'eth0', `172.${20 + bridgeOf(n)}.255.254`),
    route(`172.${20 + bridgeOf(n)}.0.0/16`, 'eth0'),
  ],
  routes6: [],
  policyRules: [],
  sockets: [
    {
      proto: 'tcp',
      family: 'inet',
      local: '0.0.0.0',
      port: 80,
      inode: n,
      processes: [{ pid: 10_000 + n, comm: 'node' }],
    },
  ],
});

const hostNetns = (count: number): Netns => {
  const bridges = Array.from({ length: bridgeOf(count) + 1 }, (_, at) => at);
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  return {
    id: netnsId(host, dev, hostInode),
    dev,
    inode: hostInode,
    isHost: true,
    names: [],
    holders: [{ kind: 'process', pid: 1, comm: 'systemd' }],
    nsids: numbers.map((n) => ({ nsid: n, netns: netnsId(host, dev, hostInode + n) })),
    links: [
      { ...base, ifindex: 2, ifname: 'ens3', address: '52:54:00:00:00:01' },
      ...bridges.map((at) => ({
        ...base,
        ifindex: 10 + at,
        ifname: bridgeName(at),
        address: outerMac(900_000 + at),
        linkinfo: { info_kind: 'bridge' },
      })),
      ...numbers.map(vethOutside),
    ],
    addresses: [
      addresses(2, 'ens3', '192.0.2.10', 24),
      ...bridges.map((at) => addresses(10 + at, bridgeName(at), `172.${20 + at}.255.254`, 16)),
    ],
    routes: [
      route('default', 'ens3', '192.0.2.1'),
      ...bridges.map((at) => route(`172.${20 + at}.0.0/16`, bridgeName(at))),
    ],
    routes6: [],
    policyRules: [],
    sockets: [],
    ruleset: { present: { nftTables: [], legacyTables: [], legacyTables6: [] }, iptablesNft: natTable(numbers) },
  };
};

const natTable = (numbers: readonly number[]): string =>
  [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':DOCKER - [0:0]',
    '[0:0] -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
    ...numbers.map(
      (n) =>
        `[0:0] -A DOCKER ! -i ${bridgeName(bridgeOf(n))} -p tcp -m tcp --dport ${20_000 + n} -j DNAT --to-destination ${addressOf(n)}:80`,
    ),
    'COMMIT',
    '',
  ].join('\n');

const networkOf = (at: number, count: number): EngineNetwork => ({
  id: networkId(host, 'docker', hex(at + 1, 12).padEnd(64, '0')),
  engine: 'docker',
  fullId: hex(at + 1, 12).padEnd(64, '0'),
  name: `shop-${at}`,
  driver: 'bridge',
  scope: 'local',
  internal: false,
  enableIpv4: true,
  enableIpv6: false,
  ingress: false,
  attachable: false,
  subnets: [{ subnet: `172.${20 + at}.0.0/16`, gateway: `172.${20 + at}.255.254` }],
  options: {},
  labels: {},
  containers: Array.from({ length: count }, (_, n) => n + 1)
    .filter((n) => bridgeOf(n) === at)
    .map(idOf),
});

const containerOf = (n: number): Container => ({
  id: containerId(host, 'docker', idOf(n)),
  engine: 'docker',
  fullId: idOf(n),
  name: nameOf(n),
  image: `registry.example/shop/${names[n % names.length]}:1.${n % 40}`,
  state: 'running',
  pid: 10_000 + n,
  mode: 'bridge',
  networkMode: `shop-${bridgeOf(n)}`,
  endpoints: [
    {
      network: `shop-${bridgeOf(n)}`,
      networkId: hex(bridgeOf(n) + 1, 12).padEnd(64, '0'),
      ipv4: addressOf(n),
      prefixLength4: 16,
      mac: innerMac(n),
      aliases: [],
    },
  ],
  ports: n % 4 === 0 ? [{ hostIp: '0.0.0.0', hostPort: 20_000 + n, containerPort: 80, proto: 'tcp' }] : [],
  exposedPorts: ['80/tcp'],
  labels: {},
});

export const syntheticSnapshot = (count: number): Snapshot => {
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  const engine: Engine = {
    kind: 'docker',
    socket: '/var/run/docker.sock',
    version: '28.5.2',
    apiVersion: '1.51',
    rootless: false,
    firewallBackend: 'iptables',
    userlandProxy: true,
    warnings: [],
    containers: numbers.map(containerOf),
    networks: Array.from({ length: bridgeOf(count) + 1 }, (_, at) => networkOf(at, count)),
  };
  return {
    host: {
      id: host,
      hostname: 'synthetic',
      kernel: '6.12.0',
      uid: 0,
      privileged: true,
      os: 'Debian GNU/Linux 13 (trixie)',
      tools: {},
    },
    takenAt: '2026-01-01T00:00:00.000Z',
    tookMs: 90,
    engines: [engine],
    netns: [hostNetns(count), ...numbers.map(containerNetns)],
    gaps: [],
  };
};
