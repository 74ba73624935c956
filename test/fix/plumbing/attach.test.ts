import { expect, test } from 'vitest';
import { attach } from '../../../src/fix/plumbing/attach.ts';

const to = { name: 'web', netns: 'h|4:7', netnsPath: '/proc/7/ns/net', ifname: 'eth1', hostIfname: 'vsplumb0' };
const lines = (commands: readonly { readonly argv: readonly string[]; readonly netns?: string }[]) =>
  commands.map(({ argv, netns }) => (netns === undefined ? '' : 'inside: ') + argv.join(' '));

test('a veth to a bridge is taken back by its inner end', () => {
  const { commands, undo } = attach(
    { ...to, address: '10.0.0.7/24', gateway: '10.0.0.1', mac: '02:00:00:00:00:07' },
    { kind: 'bridge', ifname: 'br0', filtersVlans: false },
  );
  expect(lines(commands)).toEqual([
    'ip link add name vsplumb0 type veth peer name eth1 netns /proc/7/ns/net',
    'ip link set dev vsplumb0 master br0',
    'ip link set dev vsplumb0 up',
    'inside: ip link set dev eth1 address 02:00:00:00:00:07',
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
