/** Kinds of links this kernel may lack: messages made by hand; `ip -d monitor file` is asked what it sees in the same bytes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeLink } from '../../../../src/host/netlink/decode/link.ts';
import { linkContext } from '../../../../src/host/netlink/decode/link-context.ts';
import { builtInNames } from '../../../../src/host/netlink/decode/names.ts';
import { decodeMessages, RTM } from '../../../../src/host/netlink/wire/messages.ts';
import type { Link } from '../../../../src/model/link.ts';
import { ip4, ip6, kindMessage, mac, type Part, portMessage } from '../build-message.ts';

interface Case {
  readonly kind: string;
  readonly bytes: Uint8Array;
  readonly data: Readonly<Record<string, unknown>>;
  /** What ip's text must say of the same bytes. */
  readonly ip: string;
}

const kind = (name: string, parts: readonly Part[], data: Case['data'], ip: string, linkType = 1): Case => ({
  kind: name,
  bytes: kindMessage(name, parts, linkType),
  data,
  ip,
});
const key = (value: number) => new Uint8Array([0, 0, 0, value]);

const cases: readonly Case[] = [
  kind(
    'vlan',
    [
      [1, { u16: 7 }],
      [5, { be16: 0x8100 }],
      [2, new Uint8Array([3, 0, 0, 0, 255, 255, 255, 255])],
    ],
    { protocol: '802.1Q', id: 7, flags: ['REORDER_HDR', 'GVRP'] },
    'vlan protocol 802.1Q id 7 <REORDER_HDR,GVRP>',
  ),
  kind(
    'ipvlan',
    [
      [1, { u16: 1 }],
      [2, { u16: 1 }],
    ],
    { mode: 'l3', mode_flag: 'private' },
    'ipvlan mode l3 private',
  ),
  kind(
    'macvlan',
    [
      [1, { u32: 4 }],
      [2, { u16: 1 }],
    ],
    { mode: 'bridge', nopromisc: true },
    'macvlan mode bridge nopromisc',
  ),
  kind('vrf', [[1, { u32: 100 }]], { table: 100 }, 'vrf table 100'),
  kind(
    'geneve',
    [
      [1, { u32: 9 }],
      [2, ip4('192.0.2.9')],
      [3, { u8: 5 }],
      [5, { be16: 6081 }],
      [13, { u8: 1 }],
      [8, { u8: 1 }],
    ],
    { id: 9, remote: '192.0.2.9', port: 6081, df: 'set', udp_csum: true, ttl: 5 },
    'geneve id 9 remote 192.0.2.9 ttl 5 df set dstport 6081 udpcsum',
  ),
  kind(
    'gre',
    [
      [7, ip4('192.0.2.2')],
      [6, ip4('192.0.2.1')],
      [8, { u8: 64 }],
      [10, { u8: 0 }],
      [2, new Uint8Array([0x20, 0])],
      [4, key(7)],
    ],
    { remote: '192.0.2.2', local: '192.0.2.1', ttl: 64, pmtudisc: false, ikey: '0.0.0.7' },
    'gre remote 192.0.2.2 local 192.0.2.1 ttl 64 nopmtudisc ikey 0.0.0.7',
    778,
  ),
  kind(
    'ip6gre',
    [
      [7, ip6(2)],
      [6, ip6(1)],
      [8, { u8: 60 }],
      [13, { u32: 1 }],
      [12, { be32: 0x01200005 }],
    ],
    {
      remote: '2001:db8::2',
      local: '2001:db8::1',
      ttl: 60,
      ip6_tnl_f_ign_encap_limit: true,
      tclass: '0x12',
      flowlabel: '0x00005',
    },
    'ip6gre remote 2001:db8::2 local 2001:db8::1 hoplimit 60 encaplimit none tclass 0x12 flowlabel 0x00005',
    823,
  ),
  kind(
    'ipip',
    [
      [3, ip4('192.0.2.2')],
      [2, ip4('192.0.2.1')],
      [4, { u8: 9 }],
      [9, { u8: 4 }],
      [10, { u8: 1 }],
      [20, { u32: 0x10 }],
    ],
    { proto: 'ipip', remote: '192.0.2.2', local: '192.0.2.1', ttl: 9, pmtudisc: true, fwmark: '0x10' },
    'ipip ipip remote 192.0.2.2 local 192.0.2.1 ttl 9 pmtudisc fwmark 0x10',
    768,
  ),
  kind(
    'sit',
    [
      [3, ip4('0.0.0.0')],
      [2, ip4('192.0.2.1')],
      [9, { u8: 41 }],
      [10, { u8: 1 }],
      [11, ip6(0)],
      [13, { u16: 32 }],
      [12, ip4('0.0.0.0')],
      [14, { u16: 0 }],
    ],
    { proto: 'ip6ip', remote: 'any', local: '192.0.2.1', pmtudisc: true, prefix: '2001:db8::', prefixlen: 32 },
    'sit ip6ip remote any local 192.0.2.1',
    776,
  ),
  kind(
    'ip6tnl',
    [
      [3, ip6(2)],
      [2, ip6(1)],
      [4, { u8: 3 }],
      [9, { u8: 41 }],
      [6, { u8: 4 }],
      [8, { u32: 0x10 }],
    ],
    {
      proto: 'ip6ip6',
      remote: '2001:db8::2',
      local: '2001:db8::1',
      ttl: 3,
      encap_limit: 4,
      ip6_tnl_f_rcv_dscp_copy: true,
    },
    'ip6tnl ip6ip6 remote 2001:db8::2 local 2001:db8::1 hoplimit 3 encaplimit 4',
    769,
  ),
  kind(
    'vti',
    [
      [5, ip4('192.0.2.2')],
      [4, ip4('192.0.2.1')],
      [2, { be32: 8 }],
      [3, { be32: 9 }],
    ],
    { remote: '192.0.2.2', local: '192.0.2.1', ikey: '0.0.0.8', okey: '0.0.0.9' },
    'vti remote 192.0.2.2 local 192.0.2.1 ikey 0.0.0.8 okey 0.0.0.9',
    768,
  ),
  kind('xfrm', [[2, { u32: 17 }]], { if_id: '0x11' }, 'xfrm if_id 0x11'),
  kind(
    'bond',
    [
      [1, { u8: 4 }],
      [3, { u32: 100 }],
      [14, { u8: 1 }],
      [21, { u8: 1 }],
      [
        23,
        [
          [1, { u16: 2 }],
          [5, mac('02:00:00:00:00:09')],
        ],
      ],
      [9, { u32: 0 }],
    ],
    {
      mode: '802.3ad',
      miimon: 100,
      xmit_hash_policy: 'layer3+4',
      ad_lacp_rate: 'fast',
      ad_info: { aggregator: 2, partner_mac: '02:00:00:00:00:09' },
      arp_validate: null,
    },
    'bond mode 802.3ad miimon 100 arp_validate none xmit_hash_policy layer3+4 lacp_rate fast ad_aggregator 2 ad_partner_mac 02:00:00:00:00:09',
  ),
  kind(
    'vxlan',
    [
      [1, { u32: 42 }],
      [16, new Uint8Array([0xff, 5, ...new Array(13).fill(0), 1])],
      [15, { be16: 4789 }],
      [26, { be32: 7 }],
      [7, { u8: 1 }],
      [23, new Uint8Array()],
    ],
    { id: 42, group6: 'ff05::1', port: 4789, label: '0x7', learning: true, gbp: true },
    'vxlan id 42 group ff05::1 dstport 4789 flowlabel 0x7 gbp',
  ),
  kind('wireguard', [], {}, 'wireguard'),
  kind('openvswitch', [], {}, 'openvswitch'),
  kind('dummy', [], {}, 'dummy'),
];

const ports: readonly Case[] = [
  {
    kind: 'bond',
    bytes: portMessage('bond', [
      [1, { u8: 1 }],
      [2, { u8: 2 }],
      [3, { u32: 5 }],
      [4, mac('02:00:00:00:00:01')],
    ]),
    data: { state: 'BACKUP', mii_status: 'DOWN', link_failure_count: 5, perm_hwaddr: '02:00:00:00:00:01' },
    ip: 'bond_slave state BACKUP mii_status DOWN link_failure_count 5 perm_hwaddr 02:00:00:00:00:01',
  },
  { kind: 'vrf', bytes: portMessage('vrf', [[1, { u32: 100 }]]), data: { table: 100 }, ip: 'vrf_slave table 100' },
  {
    kind: 'bridge',
    bytes: portMessage('bridge', [
      [1, { u8: 4 }],
      [2, { u16: 32 }],
      [33, { u8: 1 }],
      [31, { u16: 5 }],
    ]),
    data: { state: 'blocking', priority: 32, isolated: true, group_fwd_mask: '0x5', group_fwd_mask_str: 'stp,lacp' },
    ip: 'bridge_slave state blocking priority 32 group_fwd_mask 0x5 group_fwd_mask_str stp,lacp isolated on',
  },
];

const decode = (bytes: Uint8Array): Link | undefined => {
  const view = new DataView(bytes.buffer);
  const context = linkContext(builtInNames, new Map());
  return decodeMessages(view, 0, bytes.length, [RTM.NEWLINK], (at, message) => decodeLink(at, message, context))
    .items[0];
};

/** ip's text without line ends and repeated blanks; undefined where there is no ip. */
const askIp = (bytes: Uint8Array): string | undefined => {
  const directory = mkdtempSync(join(tmpdir(), 'netlink-'));
  try {
    const file = join(directory, 'messages');
    writeFileSync(file, bytes);
    return execFileSync('ip', ['-d', 'monitor', 'file', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).replace(/\s+/g, ' ');
  } catch {
    return undefined;
  } finally {
    rmSync(directory, { recursive: true });
  }
};

describe('a link of a kind', () => {
  test.each(cases)('$kind is decoded as ip reads the same bytes', ({ kind: name, bytes, data, ip }) => {
    const link = decode(bytes);
    expect(link?.linkinfo?.info_kind).toBe(name);
    expect(link?.linkinfo?.info_data ?? {}).toEqual(data);
    expectWords(askIp(bytes), ip);
  });

  test.each(ports)('as a port of a $kind is decoded as ip reads the same bytes', ({ kind: name, bytes, data, ip }) => {
    const link = decode(bytes);
    expect(link?.linkinfo?.info_slave_kind).toBe(name);
    expect(link?.linkinfo?.info_slave_data).toEqual(data);
    expectWords(askIp(bytes), ip);
  });

  test('unknown to us keeps its name and has no data', () => {
    expect(decode(kindMessage('rocket', [[1, { u32: 5 }]]))?.linkinfo).toEqual({ info_kind: 'rocket' });
  });

  test('netkit tells its mode, policy and which end it is', () => {
    const bytes = kindMessage('netkit', [
      [5, { u32: 1 }],
      [2, { u8: 1 }],
      [3, { u32: 0 }],
      [4, { u32: 2 }],
    ]);
    expect(decode(bytes)?.linkinfo?.info_data).toEqual({
      mode: 'l3',
      type: 'primary',
      policy: 'forward',
      peer_policy: 'blackhole',
    });
  });
});

/** Every word in this order, others in between: ip's versions add words. */
const expectWords = (text: string | undefined, words: string): void => {
  if (text === undefined) return;
  expect(text).toMatch(
    new RegExp(
      words
        .split(' ')
        .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*'),
    ),
  );
};
