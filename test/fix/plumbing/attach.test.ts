import { expect, test } from 'vitest';
import { attach, portMac } from '../../../src/fix/plumbing/attach.ts';

const to = { name: 'web', netns: 'h|4:7', netnsPath: '/proc/7/ns/net', ifname: 'eth1', hostIfname: 'vsplumb0' };
const lines = (commands: readonly { readonly argv: readonly string[]; readonly netns?: string }[]) =>
  commands.map(({ argv, netns }) => (netns === undefined ? '' : 'inside: ') + argv.join(' '));

test('a veth to a bridge is taken back by its inner end', () => {
  const { commands, undo } = attach(
    { ...to, address: '10.0.0.7/24', gateway: '10.0.0.1', mac: '02:00:00:00:00:07', mtu: 1400 },
    { kind: 'bridge', ifname: 'br0', filtersVlans: false },
  );
  expect(lines(commands)).toEqual([
    `ip link add name vsplumb0 address ${portMac('h|4:7 eth1')} mtu 1400 type veth peer name eth1 address 02:00:00:00:00:07 mtu 1400 netns /proc/7/ns/net`,
    'ip link set dev vsplumb0 master br0',
    'ip link set dev vsplumb0 up',
    'inside: ip addr add 10.0.0.7/24 dev eth1',
    'inside: ip link set dev eth1 up',
    'inside: ip route replace default via 10.0.0.1 dev eth1',
  ]);
  expect(lines(undo)).toEqual(['inside: ip link del dev eth1']);
});

test('on a bridge that filters VLANs the port carries that VLAN alone', () => {
  const { commands } = attach(to, { kind: 'bridge', ifname: 'br0', filtersVlans: true, vlan: 20 });
  expect(lines(commands)).toContain('bridge vlan del dev vsplumb0 vid 1');
  expect(lines(commands)).toContain('bridge vlan add dev vsplumb0 vid 20 pvid untagged');
});

test('a macvlan in a VLAN makes the VLAN link when there is none, and then takes it away again', () => {
  const parent = { kind: 'parent', ifname: 'eth0', vlan: 20 } as const;
  const made = attach(to, { ...parent, vlanLinkExists: false });
  expect(lines(made.commands)[0]).toBe('ip link add link eth0 name eth0.20 type vlan id 20');
  expect(lines(made.undo)).toEqual(['inside: ip link del dev eth1', 'ip link del dev eth0.20']);
  const found = attach(to, { ...parent, vlanLinkExists: true });
  expect(lines(found.commands)[0]).toBe('ip link add link eth0.20 name vsplumb0 type macvlan mode bridge');
  expect(lines(found.undo)).toEqual(['inside: ip link del dev eth1']);
});

test('a bridge keeps its MAC: that of a new port is higher than any other', () => {
  expect(portMac('a')).toMatch(/^fe:42(:[0-9a-f]{2}){4}$/);
  expect(portMac('a')).not.toBe(portMac('b'));
});

test('an IPv6 gateway is an IPv6 route', () => {
  const { commands } = attach(
    { ...to, address: '2001:db8:0:1:2:3:4:5/64', gateway: '2001:db8:0:1:2:3:4:1' },
    { kind: 'bridge', ifname: 'br0', filtersVlans: false },
  );
  expect(lines(commands).at(-1)).toBe('inside: ip -6 route replace default via 2001:db8:0:1:2:3:4:1 dev eth1');
});
