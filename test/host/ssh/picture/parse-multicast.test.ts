/** fdb entries of netns that are not asked for any. */
import { expect, test } from 'vitest';
import { parseMulticast } from '../../../../src/host/ssh/picture/parse-multicast.ts';

test('tells of Ethernet links alone which multicast addresses they listen to', () => {
  const links = [
    { ifname: 'lo', link_type: 'loopback' },
    { ifname: 'eth0', link_type: 'ether' },
  ];
  const listed = [
    { ifname: 'lo', maddr: [{ family: 'inet', address: '224.0.0.1' }] },
    { ifname: 'eth0', maddr: [{ link: '01:00:5e:00:00:01' }, { family: 'inet6', address: 'ff02::1' }] },
    { ifname: 'tun0', maddr: [{ link: '33:33:00:00:00:01' }] },
  ];
  expect(parseMulticast(listed, links)).toEqual([
    { mac: '01:00:5e:00:00:01', ifname: 'eth0', flags: ['self'], state: 'permanent' },
  ]);
});
