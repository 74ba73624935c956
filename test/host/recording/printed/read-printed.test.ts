import { describe, expect, test } from 'vitest';
import { readPrinted } from '../../../../src/host/recording/printed/read-printed.ts';

const read = (own: string, text: string): readonly Record<string, unknown>[] =>
  JSON.parse(readPrinted(own, text) ?? 'null');

const detailed = `2: br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    link/ether de:60:05:07:a0:ee brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535 
    bridge forward_delay 1500 stp_state 0 vlan_filtering 1 nf_call_iptables 0 numtxqueues 1 numrxqueues 1 gso_max_size 65536
    inet 10.9.0.1/24 brd 10.9.0.255 scope global br0
       valid_lft forever preferred_lft forever
    inet6 fe80::dc60:5ff:fe07:a0ee/64 scope link tentative 
       valid_lft forever preferred_lft forever
3: veth1@if8: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP group default qlen 1000
    link/ether 46:87:75:5a:f3:36 brd ff:ff:ff:ff:ff:ff link-netnsid 4 promiscuity 1  allmulti 1 minmtu 68 maxmtu 65535 
    veth 
    bridge_slave state forwarding priority 32 cost 2 hairpin on guard off learning on flood off port_id 0x8001 isolated off numtxqueues 2
    alias hello world
    RX:  bytes packets errors dropped  missed   mcast           
           936      12      0       0       0       0 
5: vx0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN group default qlen 1000
    link/ether 8a:fb:67:c4:4e:da brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535 
    vxlan id 42 local 10.9.0.1 dev br0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 udpcsum noudp6zerocsumtx numtxqueues 1
6: eth0.50@vx0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default qlen 1000
    link/ether 8a:fb:67:c4:4e:da brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 0 maxmtu 65535 
    vlan protocol 802.1Q id 50 <REORDER_HDR> addrgenmode eui64 numtxqueues 1
7: tunl0@NONE: <NOARP> mtu 1480 qdisc noop state DOWN mode DEFAULT group default qlen 1000
    link/ipip 0.0.0.0 brd 0.0.0.0 promiscuity 0  allmulti 0 minmtu 0 maxmtu 0 
    ipip any remote any local 10.0.0.1 ttl inherit nopmtudisc addrgenmode eui64 numtxqueues 1
8: ipv0@if6: <UP> mtu 1500 qdisc noqueue state UNKNOWN group default
    link/ether 02:77:00:00:00:0b brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 0  allmulti 0
    ipvlan  mode l2 bridge numtxqueues 1
`;

describe('what ip prints of links for people', () => {
  const links = read('links.json', detailed);
  const link = (name: string) => links.find(({ ifname }) => ifname === name);

  test('has the same names, flags, masters and other ends as what it prints for programs', () => {
    expect(links.map(({ ifindex, ifname }) => [ifindex, ifname])).toEqual([
      [2, 'br0'],
      [3, 'veth1'],
      [5, 'vx0'],
      [6, 'eth0.50'],
      [7, 'tunl0'],
      [8, 'ipv0'],
    ]);
    expect(link('veth1')).toMatchObject({
      flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
      mtu: 1500,
      master: 'br0',
      operstate: 'UP',
      link_type: 'ether',
      address: '46:87:75:5a:f3:36',
      link_index: 8,
      link_netnsid: 4,
      ifalias: 'hello world',
    });
    expect(link('eth0.50')).toMatchObject({ link: 'vx0' });
    expect(link('tunl0')).toMatchObject({ link: null, link_type: 'ipip' });
    expect(link('br0')).toMatchObject({
      addr_info: [
        { family: 'inet', local: '10.9.0.1', prefixlen: 24, broadcast: '10.9.0.255', scope: 'global', label: 'br0' },
        { family: 'inet6', local: 'fe80::dc60:5ff:fe07:a0ee', prefixlen: 64, scope: 'link', tentative: true },
      ],
    });
  });

  test.each([
    [
      'br0',
      { info_kind: 'bridge', info_data: { forward_delay: 1500, stp_state: 0, vlan_filtering: 1, nf_call_iptables: 0 } },
    ],
    [
      'veth1',
      {
        info_kind: 'veth',
        info_slave_kind: 'bridge',
        info_slave_data: { state: 'forwarding', hairpin: true, flood: false, learning: true, isolated: false },
      },
    ],
    [
      'vx0',
      {
        info_kind: 'vxlan',
        info_data: { id: 42, local: '10.9.0.1', link: 'br0', port: 8472, learning: false, ttl: 0, udp_csum: true },
      },
    ],
    ['eth0.50', { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 50, flags: ['REORDER_HDR'] } }],
    ['tunl0', { info_kind: 'ipip', info_data: { remote: 'any', local: '10.0.0.1', ttl: 0, pmtudisc: false } }],
    ['ipv0', { info_kind: 'ipvlan', info_data: { mode: 'l2', bridge: true } }],
  ])('%s is of its kind, with its settings', (name, linkinfo) => {
    expect(link(name)?.['linkinfo']).toMatchObject(linkinfo);
  });

  test('one line for each address is understood too, and so is a peer', () => {
    const [lo, veth] = read(
      'addresses.json',
      '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n' +
        '1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever\n' +
        '3: veth1    inet 10.9.0.9 peer 10.9.0.10/32 scope global veth1\\       valid_lft forever preferred_lft forever\n',
    );
    expect(lo?.['addr_info']).toMatchObject([
      { local: '127.0.0.1', label: 'lo' },
      { local: '::1', prefixlen: 128 },
    ]);
    expect(lo).not.toHaveProperty('flags');
    expect(veth?.['addr_info']).toMatchObject([{ local: '10.9.0.9', address: '10.9.0.10', prefixlen: 32 }]);
  });

  test('busybox tells the other end without saying where it counts', () => {
    const [link7] = read(
      'addresses.json',
      '7: eth0@if8: <UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue state UP \n    link/ether 02:42:ac:11:00:02 brd ff:ff:ff:ff:ff:ff\n    inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0\n',
    );
    expect(link7).toMatchObject({ ifname: 'eth0', link_index: 8 });
    expect(link7).not.toHaveProperty('link_netnsid');
  });

  test('prose, and names that are keys of JavaScript, are nothing special', () => {
    expect(readPrinted('links.json', 'ip: command not found\n')).toBeUndefined();
    expect(readPrinted('links.json', '')).toBe('[]');
    expect(
      read('links.json', '4: __proto__: <UP> mtu 9 constructor toString\n    link/ether 02:00:00:00:00:01\n'),
    ).toEqual([
      { ifindex: 4, ifname: '__proto__', flags: ['UP'], mtu: 9, link_type: 'ether', address: '02:00:00:00:00:01' },
    ]);
  });
});

describe('what ip prints of routes, rules and neighbours for people', () => {
  test('routes: types, gateways, next hops, metrics and flags', () => {
    expect(
      read(
        'routes.json',
        'default via 10.77.0.1 dev eth0 \nunicast 10.13.0.0/16 via 10.9.0.77 dev br0 table 100 proto boot scope global src 10.9.0.1 metric 50 onlink mtu 1400 \n' +
          '10.11.0.0/16 proto static \n\tnexthop via 10.9.0.7 dev br0 weight 2 \n\tnexthop dev br0 weight 1 \nblackhole 10.12.0.0/16 proto bird \n' +
          '10.1.0.0/16 via inet6 fe80::1 dev eth0 linkdown\nfe80::/64 dev eth0 proto kernel metric 256 pref medium\n',
      ),
    ).toEqual([
      { dst: 'default', gateway: '10.77.0.1', dev: 'eth0', flags: [] },
      {
        type: 'unicast',
        dst: '10.13.0.0/16',
        gateway: '10.9.0.77',
        dev: 'br0',
        table: '100',
        protocol: 'boot',
        scope: 'global',
        prefsrc: '10.9.0.1',
        metric: 50,
        flags: ['onlink'],
        metrics: [{ mtu: 1400 }],
      },
      {
        dst: '10.11.0.0/16',
        protocol: 'static',
        flags: [],
        nexthops: [
          { gateway: '10.9.0.7', dev: 'br0', weight: 2, flags: [] },
          { dev: 'br0', weight: 1, flags: [] },
        ],
      },
      { type: 'blackhole', dst: '10.12.0.0/16', protocol: 'bird', flags: [] },
      { dst: '10.1.0.0/16', via: { family: 'inet6', host: 'fe80::1' }, dev: 'eth0', flags: ['linkdown'] },
      { dst: 'fe80::/64', dev: 'eth0', protocol: 'kernel', metric: 256, pref: 'medium', flags: [] },
    ]);
  });

  test('policy rules, and a word nobody knows is kept for those who match to doubt', () => {
    expect(
      read(
        'rules.json',
        '0:\tfrom all lookup local\n77:\tnot from all to 10.0.0.0/8 unreachable\n78:\tfrom all to 10.66.0.1 goto 32766\n' +
          '90:\tfrom 10.9.0.0/24 fwmark 0x10/0xff iif br0 ipproto tcp dport 80-90 lookup 100\n91:\tfrom all newword lookup main\n',
      ),
    ).toEqual([
      { priority: 0, src: 'all', table: 'local' },
      { priority: 77, not: null, src: 'all', dst: '10.0.0.0', dstlen: 8, action: 'unreachable' },
      { priority: 78, src: 'all', dst: '10.66.0.1', goto: 32766 },
      {
        priority: 90,
        src: '10.9.0.0',
        srclen: 24,
        fwmark: '0x10',
        fwmask: '0xff',
        iif: 'br0',
        ipproto: 'tcp',
        dport_start: 80,
        dport_end: 90,
        table: '100',
      },
      { priority: 91, src: 'all', newword: null, table: 'main' },
    ]);
  });

  test('neighbours', () => {
    expect(
      read(
        'neighbours.json',
        '10.9.0.7 dev br0 lladdr 02:00:00:00:00:07 PERMANENT \n10.9.0.8 dev br0 proxy \nfe80::1 dev eth0 FAILED\n',
      ),
    ).toEqual([
      { dst: '10.9.0.7', dev: 'br0', lladdr: '02:00:00:00:00:07', state: ['PERMANENT'] },
      { dst: '10.9.0.8', dev: 'br0', proxy: null, state: [] },
      { dst: 'fe80::1', dev: 'eth0', state: ['FAILED'] },
    ]);
  });
});

describe('what bridge and brctl print for people', () => {
  test('fdb', () => {
    expect(
      read(
        'fdb.json',
        '46:87:75:5a:f3:36 dev veth0 master br0 \n00:00:00:00:00:00 dev vx0 dst 10.1.1.2 port 4789 vni 43 self permanent\n',
      ),
    ).toEqual([
      { mac: '46:87:75:5a:f3:36', ifname: 'veth0', master: 'br0', flags: [], state: '' },
      {
        mac: '00:00:00:00:00:00',
        ifname: 'vx0',
        dst: '10.1.1.2',
        port: 4789,
        vni: 43,
        flags: ['self'],
        state: 'permanent',
      },
    ]);
  });

  test('VLANs of both generations', () => {
    const expected = [
      { ifname: 'br0', vlans: [{ vlan: 1, flags: ['PVID', 'Egress Untagged'] }] },
      { ifname: 'veth0', vlans: [{ vlan: 1 }, { vlan: 100, vlanEnd: 110 }] },
    ];
    expect(
      read(
        'vlans.json',
        'port              vlan-id  \nbr0               1 PVID Egress Untagged\nveth0             1\n                  100-110\n',
      ),
    ).toEqual(expected);
    expect(read('vlans.json', 'port\tvlan ids\nbr0\t 1 PVID Egress Untagged\n\nveth0\t 1\n\t 100-110\n\n')).toEqual(
      expected,
    );
  });

  test('ports', () => {
    expect(
      read(
        'ports.json',
        '4: veth0@veth1: <UP> mtu 1500 master br0 state forwarding priority 32 cost 2 \n    hairpin off isolated on \n',
      ),
    ).toMatchObject([
      { ifindex: 4, ifname: 'veth0', master: 'br0', state: 'forwarding', hairpin: false, isolated: true },
    ]);
    expect(
      read(
        'brctl.json',
        'bridge name\tbridge id\t\tSTP enabled\tinterfaces\nbr0\t\t8000.de600507a0ee\tno\t\tveth0\n\t\t\t\t\t\t\tveth5\nbr1\t\t8000.000000000000\tno\t\t\n',
      ),
    ).toEqual([{ master: 'br0', ifname: 'veth0' }, { master: 'br0', ifname: 'veth5' }, { master: 'br1' }]);
  });
});
