import { expect, test } from 'vitest';
import { findTouched } from '../../../src/fix/state/find-touched.ts';
import { describeTouch } from '../../../src/fix/state/touch.ts';

const touched = (line: string, netns?: string) =>
  findTouched([{ argv: line.split(' '), ...(netns === undefined ? {} : { netns }) }]).map(describeTouch);

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
])('%s touches %j', (line, expected) => {
  expect(touched(line)).toEqual(expected);
});

test('the netns is part of what is touched, and a thing named twice is one', () => {
  expect(touched('ip link set dev eth0 up', 'h|4:7')).toEqual(['link eth0 in netns h|4:7']);
  const both = [
    { argv: ['ip', 'link', 'set', 'dev', 'a', 'up'] },
    { argv: ['ip', 'link', 'set', 'dev', 'a', 'mtu', '9'] },
  ];
  expect(findTouched(both)).toHaveLength(1);
});
