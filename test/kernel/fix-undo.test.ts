import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import { openLocalHost } from '../../src/host/local-host.ts';
import type { KernelFeature } from '../support/needs.ts';
import { requires } from '../support/requires.ts';
import { makeUndoNetwork, type UndoNetwork } from './fix-undo-network.ts';

const root = requires('root', 'tool:ip', 'tool:iptables', 'tool:nft', 'tool:nsenter', 'kernel:veth', 'kernel:bridge');

interface Case {
  readonly what: string;
  /** How it was before. */
  readonly given?: readonly string[];
  readonly change: readonly string[];
  /** What else is touched where nobody looks. */
  readonly undo?: readonly string[];
  readonly needs?: KernelFeature;
}

const NFT = [
  'nft add table inet fw',
  'nft add set inet fw friends { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.9 }; }',
  'nft add chain inet fw input { type filter hook input priority 0; policy accept; }',
  'nft add chain inet fw extra',
  'nft add rule inet fw input ip saddr 192.0.2.1 counter accept',
  'nft add rule inet fw input ip saddr @friends jump extra',
  'nft add rule inet fw input ip saddr 192.0.2.2 drop',
  'nft add rule inet fw extra tcp dport { 80, 443 } accept',
];

const RULES = [
  'iptables -A INPUT -s 192.0.2.1 -j ACCEPT',
  'iptables -A INPUT -s 192.0.2.2 -m comment --comment a"b -j DROP',
  'iptables -A INPUT -s 192.0.2.3 -j ACCEPT',
];

const PORT = [
  'ip link set dev va type bridge_slave isolated on learning off flood off hairpin on cost 77 priority 9 mcast_flood off',
  'bridge fdb add 02:00:00:00:00:77 dev va master static',
];

const ROUTES = [
  'ip route add 10.9.0.0/16 via 10.3.0.2',
  'ip route append 10.9.0.0/16 via 10.3.0.3',
  'ip route add 10.8.0.0/16 via 10.3.0.9 mtu 1400 metric 7 table 77 proto static',
  'ip route add 10.7.0.0/16 nexthop via 10.3.0.2 weight 1 nexthop via 10.3.0.3 weight 4',
  'ip route add 172.16.0.9/32 dev vc scope link src 10.3.0.1',
  'ip -6 route add 2001:db8:9::/64 via 2001:db8:3::9 metric 33',
];

const POLICY = [
  'ip rule add pref 100 from 10.1.0.0/16 lookup 100',
  'ip rule add pref 100 not from 10.2.0.0/16 to 192.0.2.4 fwmark 0x1/0xff iif vc ipproto tcp dport 80 lookup 101 suppress_prefixlength 8',
  'ip rule add pref 100 from 10.3.0.0/16 blackhole',
];

/** The undo commands of most do nothing at all: everything rests on what was read before. */
const cases: readonly Case[] = [
  {
    what: 'settings of a bridge port',
    change: [
      'bridge link set dev va isolated on',
      'bridge link set dev va hairpin on',
      'bridge link set dev va cost 9',
    ],
  },
  {
    what: 'learning and flooding of a bridge port',
    given: PORT,
    change: ['bridge link set dev va learning on flood on'],
  },
  { what: 'the state of a bridge port', change: ['bridge link set dev va state 0'] },
  { what: 'a port without its master', given: PORT, change: ['ip link set dev va nomaster'] },
  { what: 'a port of another master', given: PORT, change: ['ip link set dev va master br1'] },
  { what: 'a new port', change: ['ip link set dev vc master br1', 'ip link set dev vc up'] },
  {
    what: 'VLANs of a bridge port',
    given: [
      'ip link set br0 type bridge vlan_filtering 1',
      'bridge vlan add dev va vid 20',
      'bridge vlan add dev va vid 30 untagged',
    ],
    change: [
      'bridge vlan add dev va vid 20 pvid untagged',
      'bridge vlan del dev va vid 1',
      'bridge vlan add dev va vid 40',
    ],
    needs: 'vlan_filtering',
  },
  {
    what: 'a queue',
    given: ['tc qdisc add dev va root tbf rate 1mbit burst 32kb latency 400ms'],
    change: ['tc qdisc del dev va root'],
  },
  {
    what: 'a queue that loses packets',
    given: ['tc qdisc add dev va root netem delay 100ms 10ms 25% loss 5%'],
    change: ['tc qdisc del dev va root'],
    needs: 'netem',
  },
  {
    what: 'a queue where the kernel chose',
    change: ['tc qdisc add dev vc root tbf rate 1mbit burst 32kb latency 400ms'],
  },
  {
    what: 'policy rules',
    given: POLICY,
    change: ['ip rule del pref 100 from 10.1.0.0/16', 'ip rule add pref 90 from all lookup main'],
  },
  { what: 'the order of policy rules', given: POLICY, change: ['ip rule del pref 100 not from 10.2.0.0/16'] },
  { what: 'an nft rule', given: NFT, change: ['nft insert rule inet fw input ip saddr 192.0.2.2 accept'] },
  { what: 'an nft set', given: NFT, change: ['nft delete element inet fw friends { 192.0.2.9 }'] },
  { what: 'an nft table', given: NFT, change: ['nft delete table inet fw'] },
  { what: 'a new nft table', change: ['nft add table inet mine', 'nft add chain inet mine c'] },
  {
    what: 'the place of an iptables rule',
    given: RULES,
    change: ['iptables -w -D INPUT 2', 'iptables -w -I INPUT 1 -s 192.0.2.9 -j DROP'],
  },
  { what: 'a policy of iptables', given: RULES, change: ['iptables -w -P INPUT DROP', 'iptables -w -F INPUT'] },
  { what: 'a chain of iptables', given: RULES, change: ['iptables -w -N MINE', 'iptables -w -A MINE -j ACCEPT'] },
  {
    what: 'a deleted chain of iptables',
    given: ['iptables -N OLD', 'iptables -A OLD -s 192.0.2.1 -j ACCEPT'],
    change: ['iptables -w -F OLD', 'iptables -w -X OLD'],
  },
  { what: 'a route', given: ROUTES, change: ['ip route del 10.9.0.0/16 via 10.3.0.2', 'ip route del 10.7.0.0/16'] },
  {
    what: 'a replaced route',
    given: ROUTES,
    change: ['ip route replace 10.8.0.0/16 via 10.3.0.4 metric 7 table 77', 'ip -6 route del 2001:db8:9::/64'],
  },
  { what: 'a blackhole', change: ['ip route add blackhole 192.0.2.0/24', 'ip route add 198.51.100.7/32 via 10.3.0.2'] },
  { what: 'a link that was switched off, with all routes it had', given: ROUTES, change: ['ip link set dev vc down'] },
  {
    what: 'a link that was switched off, with its neighbours',
    given: ['ip neigh add 10.3.0.5 lladdr 02:00:00:00:00:05 dev vc nud permanent'],
    change: ['ip link set dev vc down'],
  },
  { what: 'a link that was switched on', given: ['ip link set vc down'], change: ['ip link set dev vc up'] },
  {
    what: 'the only address of a link, with all routes it had',
    given: ROUTES,
    change: ['ip addr del 10.3.0.1/24 dev vc'],
  },
  {
    what: 'the first of two addresses, and their order',
    given: ['ip addr add 10.6.0.1/24 brd + dev br0 label br0:x', 'ip addr add 10.4.0.1 peer 10.4.0.2 dev br0'],
    change: ['ip addr del 10.0.0.1/24 dev br0'],
  },
  {
    what: 'an address with a lifetime and a flag',
    given: ['ip addr add 10.6.0.1/24 dev vc noprefixroute valid_lft 5000 preferred_lft 4000'],
    change: ['ip addr del 10.6.0.1/24 dev vc'],
  },
  {
    what: 'IPv6 addresses',
    given: ['ip addr add 2001:db8:3::2/64 dev vc nodad', 'ip addr add 2001:db8:3::3/64 dev vc nodad'],
    change: ['ip addr del 2001:db8:3::2/64 dev vc'],
  },
  {
    what: 'a neighbour',
    given: ['ip neigh add 10.3.0.5 lladdr 02:00:00:00:00:05 dev vc nud permanent'],
    change: ['ip neigh del 10.3.0.5 dev vc', 'ip neigh replace 10.3.0.6 lladdr 02:00:00:00:00:06 dev vc nud permanent'],
  },
  {
    what: 'an fdb entry',
    given: PORT,
    change: ['bridge fdb del 02:00:00:00:00:77 dev va master', 'bridge fdb add 02:00:00:00:00:78 dev va master static'],
  },
  { what: 'a small MTU, which takes IPv6 along', given: ROUTES, change: ['ip link set dev vc mtu 1000'] },
  { what: 'the MTU of a port, which its bridge follows', change: ['ip link set dev va mtu 1300'] },
  {
    what: 'a MAC and other settings of a link',
    given: ['ip link set vc alias old', 'ip neigh add 10.3.0.5 lladdr 02:00:00:00:00:05 dev vc nud permanent'],
    change: [
      'ip link set dev vc address 02:00:00:00:00:99',
      'ip link set dev vc alias new',
      'ip link set dev vc txqueuelen 77',
      'ip link set dev vc arp off',
      'ip link set dev vc multicast off',
      'ip link set dev vc promisc on',
    ],
  },
  {
    what: 'forwarding, which writes a switch of every link',
    given: [
      'sysctl -qw net.ipv4.ip_forward=0',
      'sysctl -qw net.ipv4.conf.vc.forwarding=1 net.ipv4.conf.all.accept_redirects=0',
    ],
    change: ['sysctl -w net.ipv4.ip_forward=1'],
    undo: ['sysctl -w net.ipv4.ip_forward=0'],
  },
  {
    what: 'IPv6 forwarding, which writes a switch of every link',
    given: ['sysctl -qw net.ipv6.conf.vc.forwarding=1'],
    change: ['sysctl -w net.ipv6.conf.all.forwarding=1'],
    undo: ['sysctl -w net.ipv6.conf.all.forwarding=0'],
  },
  {
    what: 'a default of sysctls, which reaches links',
    change: ['sysctl -w net.ipv4.conf.default.rp_filter=2'],
  },
  { what: 'IPv6 of a link', given: ROUTES, change: ['sysctl -w net.ipv6.conf.vc.disable_ipv6=1'] },
  {
    what: 'a link that was not there',
    change: ['ip link add link vd name shim type macvlan mode bridge', 'ip addr add 10.5.0.9/24 dev shim'],
    needs: 'macvlan',
  },
];

let host: Host;
const open = async (): Promise<void> => {
  host = await openLocalHost();
};
const close = (): Promise<void> => host.close();

root.describe('taken back byte for byte:', () => {
  let network: UndoNetwork;
  beforeAll(open);
  afterAll(close);
  beforeEach(async () => {
    network = await makeUndoNetwork(host);
  });
  afterEach(() => network.remove());

  for (const { what, given = [], change, undo = ['true'], needs } of cases)
    (needs === undefined ? root : requires('root', `kernel:${needs}`)).test(what, async () => {
      network.runAll(...given);
      const before = network.state();
      expect(await network.apply(change, undo)).toMatchObject({ state: 'verified' });
      expect(network.state()).not.toEqual(before);
      expect(await network.undo()).toMatchObject({ state: 'undone' });
      expect(network.state()).toEqual(before);
    });

  root.test('what does not help is rolled back', async () => {
    const before = network.state();
    const change = await network.apply(['ip link set dev va nomaster'], ['true'], { findingGone: false });
    expect(change).toMatchObject({
      state: 'rolled-back',
      detail: expect.stringContaining('the finding is still there'),
    });
    expect(network.state()).toEqual(before);
  });

  root.test('what helps the finding but not the connection is rolled back', async () => {
    const before = network.state();
    const recheck = { findingGone: true, traceAgrees: false };
    const change = await network.apply(['ip link set dev vc down'], ['true'], recheck);
    expect(change).toMatchObject({ state: 'rolled-back', detail: expect.stringContaining('still fails') });
    expect(network.state()).toEqual(before);
  });

  root.test('what fails half way is rolled back, and the failing command is named', async () => {
    const before = network.state();
    const change = await network.apply([
      'ip link set dev va down',
      'ip link set dev nobody up',
      'ip link set dev vc down',
    ]);
    expect(change).toMatchObject({ state: 'rolled-back', detail: expect.stringMatching(/nobody up: Cannot find/) });
    expect(network.state()).toEqual(before);
  });
});

root.describe('not taken back when it has moved on:', () => {
  let network: UndoNetwork;
  beforeAll(open);
  afterAll(close);
  beforeEach(async () => {
    network = await makeUndoNetwork(host);
  });
  afterEach(() => network.remove());

  root.test.each<[string, readonly string[], string, string]>([
    ['a port setting', ['bridge link set dev va isolated on'], 'bridge link set dev va hairpin on', 'bridge port va'],
    ['policy rules', ['ip rule add pref 90 lookup main'], 'ip rule add pref 80 lookup main', 'policy rules'],
    ['an nft table', ['nft add table inet mine'], 'nft add chain inet mine c', 'nft table inet mine'],
    [
      'a route',
      ['ip route add 10.9.0.0/16 via 10.3.0.2'],
      'ip route append 10.9.0.0/16 via 10.3.0.3',
      'routes to 10.9.0.0/16',
    ],
    ['an address', ['ip addr add 10.6.0.1/24 dev vc'], 'ip addr add 10.6.0.2/24 dev vc', 'addresses of vc'],
    [
      'a neighbour',
      ['ip neigh add 10.3.0.5 lladdr 02:00:00:00:00:05 dev vc nud permanent'],
      'ip neigh replace 10.3.0.5 lladdr 02:00:00:00:00:06 dev vc nud permanent',
      'neighbours of vc',
    ],
    [
      'a queue',
      ['tc qdisc add dev vc root tbf rate 1mbit burst 32kb latency 400ms'],
      'tc qdisc del dev vc root',
      'qdisc of vc',
    ],
    ['a link', ['ip link set dev vc mtu 1400'], 'ip link set dev vc mtu 1450', 'link vc'],
    [
      'a sysctl',
      ['sysctl -w net.ipv4.conf.vc.rp_filter=2'],
      'sysctl -w net.ipv4.conf.vc.rp_filter=1',
      'sysctl net.ipv4.conf.vc.rp_filter',
    ],
  ])('%s', async (_, change, meanwhile, what) => {
    expect(await network.apply(change)).toMatchObject({ state: 'verified' });
    network.runAll(meanwhile);
    const moved = network.state();
    const answer = await network.undo();
    expect(answer).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(new RegExp(`${what} in netns \\S+ has changed since`)),
    });
    expect(network.state()).toEqual(moved);
  });

  root.test('a link that others lead a route through since', async () => {
    network.runAll('ip link set vc down');
    expect(await network.apply(['ip link set dev vc up'])).toMatchObject({ state: 'verified' });
    network.runAll('ip route add 10.9.0.0/16 via 10.3.0.2');
    const moved = network.state();
    expect(await network.undo()).toMatchObject({ state: 'failed', detail: expect.stringContaining('10.9.0.0/16') });
    expect(network.state()).toEqual(moved);
  });

  root.test('but what others did beside it stays', async () => {
    network.runAll(...ROUTES);
    const { routes } = network.state();
    expect(await network.apply(['ip link set dev vc down'])).toMatchObject({ state: 'verified' });
    network.runAll('ip route add 10.66.0.0/16 via 10.0.0.9', 'ip route add 10.67.0.0/16 via 10.5.0.9');
    expect(await network.undo()).toMatchObject({ state: 'undone' });
    const now = network.state().routes ?? [];
    expect(now.filter((line) => !/10\.6[67]\./.test(line))).toEqual(routes);
    expect(now.filter((line) => /10\.6[67]\./.test(line))).toHaveLength(2);
  });
});
