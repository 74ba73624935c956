import { expect, test } from 'vitest';
import { findTouched } from '../../../src/fix/state/find-touched.ts';
import { describeTouch } from '../../../src/fix/state/touch.ts';
import { canRestore } from '../../../src/fix/state/why-not-restorable.ts';

const find = (line: string, netns?: string) =>
  findTouched([{ argv: line.split(' '), ...(netns === undefined ? {} : { netns }) }]);

/** What the command names. */
const touched = (line: string, netns?: string) =>
  find(line, netns)
    .filter(({ effect }) => effect === undefined)
    .map(describeTouch);

/** What goes along with it. */
const along = (line: string) =>
  find(line)
    .filter(({ effect }) => effect === true)
    .map(describeTouch);

test.each([
  ['ip link set dev veth1 up', ['link veth1']],
  ['ip link set veth1 master br0', ['link veth1']],
  ['ip link add link eth0 name shim type macvlan mode bridge', ['link shim']],
  ['ip link add shim link eth0 type macvlan', ['link shim']],
  ['ip link del dev veth1', ['link veth1']],
  ['ip addr add 10.0.0.1/24 brd + dev br0', ['addresses of br0']],
  ['ip neigh del 10.0.0.2 dev br0', ['neighbours of br0']],
  ['ip route add default via 10.0.0.1 dev eth0', ['routes to default']],
  ['ip -6 route replace default via fe80::1 dev eth0', ['IPv6 routes to default']],
  ['ip route add 2001:db8::/64 via 2001:db8::1', ['IPv6 routes to 2001:db8::/64']],
  ['ip rule add to 10.0.0.0/8 lookup main priority 100', ['policy rules']],
  ['bridge link set dev veth1 hairpin on', ['bridge port veth1']],
  ['bridge fdb del 02:00:00:00:00:01 dev veth1 master', ['fdb of veth1']],
  ['bridge vlan add dev veth1 vid 5 pvid untagged', ['vlans of veth1']],
  ['iptables -w -I DOCKER-USER 1 -i eth0 -j ACCEPT', ['chain DOCKER-USER of table filter (iptables)']],
  ['ip6tables-legacy -w -t nat -D DOCKER -p tcp -j DNAT', ['chain DOCKER of table nat (ip6tables-legacy)']],
  ['sysctl -w net.ipv4.ip_forward=1', ['sysctl net.ipv4.ip_forward']],
  ['tc qdisc del dev eth0 root', ['qdisc of eth0']],
  ['nft insert rule inet fw forward position 4 accept', ['nft table inet fw']],
  ['docker unpause web', []],
  ['ip link set dev veth1 type bridge_slave isolated on', ['bridge port veth1']],
  ['bridge link set dev veth1 state 3', ['bridge port veth1', 'state of bridge port veth1']],
  ['ip route add blackhole 10.0.0.0/8', ['routes to 10.0.0.0/8']],
  ['nft -a add element inet fw blocked', ['nft table inet fw']],
])('%s touches %j', (line, expected) => {
  expect(touched(line)).toEqual(expected);
});

test('the netns is part of what is touched, and a thing named twice is one', () => {
  expect(touched('ip link set dev eth0 up', 'h|4:7')).toEqual(['link eth0 in netns h|4:7']);
  const both = [
    { argv: ['ip', 'link', 'set', 'dev', 'a', 'up'] },
    { argv: ['ip', 'link', 'set', 'dev', 'a', 'mtu', '9'] },
  ];
  expect(findTouched(both).filter(({ kind }) => kind === 'link')).toHaveLength(1);
});

test.each([
  ['ip link set dev veth1 down', ['addresses', 'routes out', 'IPv6 routes out', 'neighbours']],
  ['ip link set dev veth1 mtu 1000', ['addresses', 'routes out', 'IPv6 routes out']],
  ['ip link set dev veth1 address 02:00:00:00:00:01', ['neighbours']],
  ['ip link set dev veth1 nomaster', ['bridge port', 'vlans', 'fdb']],
  ['ip addr del 10.0.0.1/24 dev veth1', ['routes out', 'IPv6 routes out']],
  ['ip link set dev veth1 alias x', []],
  ['sysctl -w net.ipv4.ip_forward=1', ['sysctls net.ipv4.conf.*.forwarding', 'sysctls net.ipv4.conf.all.accept_red']],
  ['sysctl -w net.ipv4.conf.default.rp_filter=1', ['sysctls net.ipv4.conf.*.rp_filter']],
  ['sysctl -w net.ipv6.conf.all.forwarding=1', ['sysctls net.ipv6.conf.*.forwarding']],
  ['sysctl -w net.ipv6.conf.eth0.disable_ipv6=1', ['addresses', 'IPv6 routes out']],
  ['sysctl -w net.ipv4.conf.all.rp_filter=1', []],
])('along with %s goes %j', (line, expected) => {
  expect(along(line).map((name, at) => name.slice(0, expected[at]?.length ?? 100))).toEqual(expected);
});

test('what a command names is no mere consequence of another', () => {
  const commands = ['ip link set dev a up', 'ip addr add 10.0.0.1/24 dev a'].map((line) => ({ argv: line.split(' ') }));
  expect(findTouched(commands).find(({ kind }) => kind === 'addresses')?.effect).toBeUndefined();
});

test('only commands of which all consequences are known can be put back without undo commands', () => {
  const can = (...lines: readonly string[]) => canRestore(lines.map((line) => ({ argv: line.split(' ') })));
  expect(can('nft insert rule inet fw forward accept', 'ip rule add pref 9 lookup main')).toBe(true);
  expect(can('ip link add link eth0 name x type macvlan')).toBe(true);
  expect(can('ip link del dev veth1')).toBe(false);
  expect(can('sysctl -w a=1', 'docker restart web')).toBe(false);
  expect(can()).toBe(false);
});
