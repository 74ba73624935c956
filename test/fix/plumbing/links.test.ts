import { expect, test } from 'vitest';
import { type LinkAt, plug, remove, setMtu } from '../../../src/fix/plumbing/links.ts';

const link: LinkAt = { ifname: 'v1', mtu: 1500, isUp: true, mac: '02:00:00:00:00:01' };
const lines = (commands: readonly { readonly argv: readonly string[] }[]) => commands.map(({ argv }) => argv.join(' '));

test('a port with a low MAC gets a high one before it is plugged in, and its own back', () => {
  const { commands, undo } = plug(link, { ifname: 'br0', mac: '02:00:00:00:00:99' });
  expect(lines(commands)[0]).toMatch(/^ip link set dev v1 address fe:42:/);
  expect(lines(commands)[1]).toBe('ip link set dev v1 master br0');
  expect(lines(undo)).toEqual(['ip link set dev v1 nomaster', 'ip link set dev v1 address 02:00:00:00:00:01']);
  expect(lines(plug(link, { ifname: 'br0', mac: '00:00:00:00:00:01' }).commands)).toEqual([
    'ip link set dev v1 master br0',
  ]);
});

test('a link with addresses could be the one the operator works over', () => {
  expect(plug({ ...link, hasAddress: true }, { ifname: 'br0' })).toMatchObject({
    riskLevel: 'high',
    cutsConnection: true,
  });
  expect(plug(link, { ifname: 'br0' })).toMatchObject({ riskLevel: 'low', cutsConnection: false });
});

test('removing says that it is for good, and more so where nobody can see who is at the other end', () => {
  expect(remove(link)).toMatchObject({ riskLevel: 'medium', undo: [], automatic: false });
  expect(remove({ ...link, peerUnseen: true })).toMatchObject({ riskLevel: 'high' });
});

test('both ends get the MTU, and each its own back', () => {
  const { commands, undo } = setMtu([link, { ...link, ifname: 'v2', mtu: 9000 }], 1400);
  expect(lines(commands)).toEqual(['ip link set dev v1 mtu 1400', 'ip link set dev v2 mtu 1400']);
  expect(lines(undo)).toEqual(['ip link set dev v2 mtu 9000', 'ip link set dev v1 mtu 1500']);
});
