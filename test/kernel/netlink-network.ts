/** Two netns of every kind of link this kernel offers without a module, with addresses, routes, rules and neighbours; removed again. */
import { execFileSync } from 'node:child_process';

export interface TestNetwork {
  readonly names: readonly [string, string];
  remove(): void;
}

const run = (argv: readonly string[]): boolean => {
  try {
    execFileSync(argv[0] ?? '', argv.slice(1), { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** `ip` arguments; what a kernel does not have is simply not there, on both sides of the comparison. */
const steps = (far: string): readonly string[] => [
  'link set lo up',
  'link add br0 type bridge ageing_time 1234 mcast_snooping 1',
  'link add br1 type bridge vlan_filtering 1',
  'link add v0 type veth peer name v1',
  `link add v2 type veth peer name eth0 netns ${far}`,
  'link set v2 master br0',
  'link set v0 up',
  'link set v1 up',
  'link set br0 up',
  'link set v2 up',
  'link set v2 type bridge_slave isolated on hairpin on learning off',
  'link set v1 alias uplink',
  'link property add dev v1 altname an-alternative-name',
  'link add vx0 type vxlan id 42 dstport 4789 remote 10.9.0.2 local 10.9.0.1 dev br0 ttl 5 tos 0x20',
  'link add vx6 type vxlan id 43 dstport 4789 group ff05::100 dev br0',
  'link add vxe type vxlan external dstport 4790',
  'link add mv0 link v0 type macvlan mode bridge',
  'link add ms0 link v0 type macvlan mode source macaddr add 02:00:00:00:00:77',
  'link add mt0 link v0 type macvtap mode private',
  'tuntap add tun0 mode tun user 65534',
  'tuntap add tap0 mode tap multi_queue',
  'link add ifb7 type ifb',
  'link add dm0 type dummy',
  'link add iv0 link v0 type ipvlan mode l3',
  'link add vl0 link v0 type vlan id 7',
  'link add vrf0 type vrf table 100',
  'link add bo0 type bond mode active-backup',
  'link add gre0x type gre local 10.9.0.1 remote 10.9.0.2 key 7',
  'link add ipip0x type ipip local 10.9.0.1 remote 10.9.0.2',
  'link add gnv0 type geneve id 9 remote 10.9.0.2',
  'link add wg0 type wireguard',
  'addr add 10.9.0.1/24 dev br0',
  'addr add 10.9.0.3/24 dev br0',
  'addr add 10.9.1.1 peer 10.9.1.2 dev v0',
  'addr add fd00::1/64 dev br0 nodad',
  'addr add 10.9.2.1/24 dev v1 valid_lft 5000 preferred_lft 4000',
  'route add 192.0.2.0/24 via 10.9.0.9 dev br0 metric 50 mtu lock 1400 advmss 1300',
  'route add 198.51.100.0/24 nexthop via 10.9.0.7 dev br0 weight 2 nexthop via 10.9.0.8 dev br0',
  'route add blackhole 203.0.113.0/24',
  'route add unreachable 203.0.114.0/24 metric 7',
  'route add prohibit 203.0.115.0/24',
  'route add default via 10.9.0.254 table 100',
  'route add 192.0.3.0/24 via inet6 fd00::9 dev br0',
  'route add 192.0.4.0/24 dev br0 scope link src 10.9.0.3 proto static onlink',
  'route add throw 192.0.5.0/24 table 7',
  '-6 route add 2001:db8:1::/48 via fd00::9 dev br0 pref high metric 77',
  '-6 route add 2001:db8:2::/48 from fd00::/64 via fd00::9',
  'nexthop add id 5 via 10.9.0.5 dev br0',
  'route add 192.0.6.0/24 nhid 5',
  'rule add from 10.9.0.0/24 lookup 100 priority 100',
  'rule add fwmark 0x10/0xff lookup main priority 200',
  'rule add iif v0 to 192.0.2.0/24 blackhole priority 300',
  'rule add not from 10.0.0.0/8 oif nosuch table 7 priority 400',
  'rule add ipproto tcp dport 80-90 sport 1000 table 7 priority 500',
  'rule add uidrange 1000-2000 goto 500 priority 450',
  'rule add suppress_prefixlength 0 lookup main priority 600',
  'rule add tos 0x10 table 7 priority 700',
  '-6 rule add from fd00::/64 lookup 100 priority 100',
  'neigh add 10.9.0.77 lladdr 02:00:00:00:00:07 dev br0 nud permanent',
  'neigh add fd00::77 lladdr 02:00:00:00:00:07 dev br0 router',
  'neigh add proxy 10.9.0.99 dev br0',
  'neigh add proxy fd00::99 dev br0',
];
const bridgeSteps = [
  'fdb add 02:00:00:00:00:55 dev v2 master static',
  'fdb add 02:00:00:00:00:66 dev vx0 dst 10.9.0.6 port 8472 vni 99 self',
  'vlan add dev v2 vid 10-20',
  'vlan add dev v2 vid 30 pvid untagged',
];

/** IPv6 addresses and routes come and go until duplicate address detection is over. */
const settle = (names: readonly string[]): void => {
  const text = (name: string): string =>
    execFileSync('nsenter', [`--net=/run/netns/${name}`, 'sh', '-c', 'ip -6 addr; ip -6 route show table all'], {
      encoding: 'utf8',
    }).replace(/expires \d+\w+|(valid|preferred)_lft \w+/g, '');
  for (let round = 0, before = ''; round < 40; round++) {
    const now = names.map(text).join();
    if (now === before && !now.includes('tentative')) return;
    before = now;
    execFileSync('sleep', ['0.3']);
  }
};

export const buildTestNetwork = (prefix: string): TestNetwork => {
  const near = `${prefix}-near`;
  const far = `${prefix}-far`;
  const remove = (): void => {
    for (const name of [near, far]) run(['ip', 'netns', 'del', name]);
  };
  remove();
  run(['ip', 'netns', 'add', near]);
  run(['ip', 'netns', 'add', far]);
  const inside = (name: string, argv: readonly string[]): boolean =>
    run(['nsenter', `--net=/run/netns/${name}`, ...argv]);
  for (const step of steps(far)) inside(near, ['ip', ...step.split(' ')]);
  for (const step of bridgeSteps) inside(near, ['bridge', ...step.split(' ')]);
  for (const step of ['link set lo up', 'link set eth0 up', 'addr add 10.9.0.2/24 dev eth0'])
    inside(far, ['ip', ...step.split(' ')]);
  settle([near, far]);
  return { names: [near, far], remove };
};
