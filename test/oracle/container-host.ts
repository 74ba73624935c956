/** A host with many containers on one bridge behind Docker's own rules, as facts: for measuring, and for tests that need no kernel. */
import { containerId, hostId, netnsId } from '../../src/model/ids.ts';
import type { Netns } from '../../src/model/netns.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';

const host = hostId('many');
const hostNetns = netnsId(host, 4, 1);
const addressOf = (n: number): string => `172.17.${Math.floor((n + 2) / 256)}.${(n + 2) % 256}`;
const macOf = (n: number): string =>
  `02:42:ac:11:${((n >> 8) & 255).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`;

const ether = {
  link_type: 'ether',
  broadcast: 'ff:ff:ff:ff:ff:ff',
  mtu: 1500,
  operstate: 'UP',
  flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
} as const;
const loopback = {
  ifindex: 1,
  ifname: 'lo',
  flags: ['LOOPBACK', 'UP', 'LOWER_UP'],
  mtu: 65_536,
  operstate: 'UNKNOWN',
  link_type: 'loopback',
  address: '00:00:00:00:00:00',
};
const port = { state: 'forwarding', hairpin: false, isolated: false, learning: true, flood: true };

const sysctls = (links: readonly string[]): Readonly<Record<string, string>> => ({
  'ipv4.ip_forward': '1',
  'ipv4.ip_local_port_range': '32768\t60999',
  'bridge.bridge-nf-call-iptables': '1',
  ...Object.fromEntries(
    ['all', 'default', 'lo', ...links].flatMap((link) =>
      Object.entries({
        forwarding: '1',
        rp_filter: '0',
        accept_local: '0',
        route_localnet: '0',
        send_redirects: '1',
        src_valid_mark: '0',
        proxy_arp: '0',
        arp_ignore: '0',
        arp_filter: '0',
        arp_announce: '0',
      }).map(([key, value]) => [`ipv4.conf.${link}.${key}`, value]),
    ),
  ),
});

const policyRules = [
  { family: 'inet', priority: 0, src: 'all', table: 'local' },
  { family: 'inet', priority: 32_766, src: 'all', table: 'main' },
  { family: 'inet', priority: 32_767, src: 'all', table: 'default' },
] as const;

const route = (
  type: string,
  dst: string,
  dev: string,
  table: string,
  more: Readonly<Record<string, unknown>> = {},
) => ({
  type,
  dst,
  dev,
  table,
  protocol: 'kernel',
  scope: type === 'local' ? 'host' : 'link',
  flags: [],
  ...more,
});

const own = (address: string, dev: string) => [
  route('local', address, dev, 'local', { prefsrc: address }),
  route('local', '127.0.0.0/8', 'lo', 'local', { prefsrc: '127.0.0.1' }),
];

const common = {
  dev: 4,
  nsids: [],
  routes6: [],
  policyRules: [...policyRules],
  neighbours: [],
  fdb: [],
  vlans: [],
} as const;

const container = (n: number): Netns => ({
  ...common,
  id: netnsId(host, 4, 100 + n),
  inode: 100 + n,
  isHost: false,
  names: [],
  holders: [{ kind: 'process', pid: 1000 + n, comm: 'app' }],
  nsids: [{ nsid: 0, netns: hostNetns }],
  links: [
    loopback,
    {
      ...ether,
      ifindex: 2,
      ifname: 'eth0',
      address: macOf(n),
      link_index: 10 + n,
      link_netnsid: 0,
      linkinfo: { info_kind: 'veth' },
    },
  ],
  addresses: [
    {
      ifindex: 2,
      ifname: 'eth0',
      addr_info: [{ family: 'inet', local: addressOf(n), prefixlen: 16, scope: 'global' }],
    },
  ],
  routes: [
    ...own(addressOf(n), 'eth0'),
    route('unicast', '172.17.0.0/16', 'eth0', 'main', { prefsrc: addressOf(n) }),
    route('unicast', 'default', 'eth0', 'main', { gateway: '172.17.0.1', scope: 'global' }),
  ],
  sysctls: sysctls(['eth0']),
  sockets: [
    {
      proto: 'tcp',
      family: 'inet',
      local: '0.0.0.0',
      port: 80,
      inode: n + 1,
      processes: [{ pid: 1000 + n, comm: 'app' }],
    },
  ],
  ruleset: { present: { nftTables: [], legacyTables: [], legacyTables6: [] } },
});

/** Docker 28's shape; every container publishes one port. */
const dockerRules = (count: number): string => {
  const all = Array.from({ length: count }, (_, n) => n);
  return [
    '*raw',
    ':PREROUTING ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ...all.map((n) => `-A PREROUTING -d ${addressOf(n)}/32 ! -i docker0 -j DROP`),
    'COMMIT',
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':INPUT ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':DOCKER - [0:0]',
    '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
    '-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER',
    '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
    ...all.map(
      (n) => `-A DOCKER ! -i docker0 -p tcp -m tcp --dport ${10_000 + n} -j DNAT --to-destination ${addressOf(n)}:80`,
    ),
    'COMMIT',
    '*filter',
    ':INPUT ACCEPT [0:0]',
    ':FORWARD DROP [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':DOCKER - [0:0]',
    ':DOCKER-BRIDGE - [0:0]',
    ':DOCKER-CT - [0:0]',
    ':DOCKER-FORWARD - [0:0]',
    ':DOCKER-ISOLATION-STAGE-1 - [0:0]',
    ':DOCKER-ISOLATION-STAGE-2 - [0:0]',
    ':DOCKER-USER - [0:0]',
    '-A FORWARD -j DOCKER-USER',
    '-A FORWARD -j DOCKER-FORWARD',
    ...all.map((n) => `-A DOCKER -d ${addressOf(n)}/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT`),
    '-A DOCKER ! -i docker0 -o docker0 -j DROP',
    '-A DOCKER-BRIDGE -o docker0 -j DOCKER',
    '-A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A DOCKER-FORWARD -j DOCKER-CT',
    '-A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1',
    '-A DOCKER-FORWARD -j DOCKER-BRIDGE',
    '-A DOCKER-FORWARD -i docker0 -j ACCEPT',
    '-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2',
    '-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP',
    'COMMIT',
    '',
  ].join('\n');
};

const hostFacts = (count: number): Netns => {
  const all = Array.from({ length: count }, (_, n) => n);
  const ports = all.map((n) => ({
    ...ether,
    ifindex: 10 + n,
    ifname: `veth${n}`,
    address: `06:00:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`,
    master: 'docker0',
    link_index: 2,
    link_netnsid: n,
    linkinfo: { info_kind: 'veth', info_slave_kind: 'bridge', info_slave_data: port },
  }));
  return {
    ...common,
    id: hostNetns,
    inode: 1,
    isHost: true,
    names: [],
    holders: [],
    nsids: all.map((n) => ({ nsid: n, netns: netnsId(host, 4, 100 + n) })),
    links: [
      loopback,
      { ...ether, ifindex: 2, ifname: 'eth0', address: '52:54:00:00:00:01' },
      {
        ...ether,
        ifindex: 3,
        ifname: 'docker0',
        address: '02:42:00:00:00:01',
        linkinfo: { info_kind: 'bridge', info_data: {} },
      },
      ...ports,
    ],
    addresses: [
      {
        ifindex: 2,
        ifname: 'eth0',
        addr_info: [{ family: 'inet', local: '10.77.0.11', prefixlen: 24, scope: 'global' }],
      },
      {
        ifindex: 3,
        ifname: 'docker0',
        addr_info: [{ family: 'inet', local: '172.17.0.1', prefixlen: 16, scope: 'global' }],
      },
    ],
    routes: [
      ...own('10.77.0.11', 'eth0'),
      route('local', '172.17.0.1', 'docker0', 'local', { prefsrc: '172.17.0.1' }),
      route('unicast', '10.77.0.0/24', 'eth0', 'main', { prefsrc: '10.77.0.11' }),
      route('unicast', '172.17.0.0/16', 'docker0', 'main', { prefsrc: '172.17.0.1' }),
      route('unicast', 'default', 'eth0', 'main', { gateway: '10.77.0.1', scope: 'global' }),
    ],
    sysctls: sysctls(['eth0', 'docker0', ...ports.map((link) => link.ifname)]),
    sockets: [],
    ruleset: { iptablesNft: dockerRules(count), present: { nftTables: [], legacyTables: [], legacyTables6: [] } },
  };
};

export const containerHost = (count: number): Snapshot => ({
  host: { id: host, hostname: 'many', kernel: '6.18.0', uid: 0, privileged: true, tools: {} },
  takenAt: '2026-01-01T00:00:00Z',
  tookMs: 0,
  engines: [
    {
      kind: 'docker',
      socket: '/run/docker.sock',
      version: '28.5.2',
      apiVersion: '1.51',
      rootless: false,
      warnings: [],
      networks: [],
      containers: Array.from({ length: count }, (_, n) => ({
        id: containerId(host, 'docker', `c${n}`),
        engine: 'docker',
        fullId: n.toString(16).padStart(64, '0'),
        name: `c${n}`,
        image: 'app',
        state: 'running',
        pid: 1000 + n,
        mode: 'bridge',
        networkMode: 'default',
        endpoints: [],
        ports: [],
        exposedPorts: [],
        labels: {},
      })),
    },
  ],
  netns: [hostFacts(count), ...Array.from({ length: count }, (_, n) => container(n))],
  gaps: [],
});
