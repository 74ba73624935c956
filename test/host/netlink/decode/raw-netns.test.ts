/** Damaged messages: cut, flipped, lengthened. Nothing may throw, and what comes out must be data. */
import { expect, test } from 'vitest';
import { builtInNames } from '../../../../src/host/netlink/decode/names.ts';
import { decodeRawNetns } from '../../../../src/host/netlink/decode/raw-netns.ts';
import type { RawRanges } from '../../../../src/host/netlink/protocol.ts';
import { hostId, netnsId } from '../../../../src/model/ids.ts';
import { ip4, ip6, joined, kindMessage, linkMessage, mac, message, type Part, portMessage } from '../build-message.ts';

/** A small generator with a seed, so that a failure can be repeated (xorshift32). */
const randomNumbers = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
};

const header = (bytes: readonly number[], length: number): Uint8Array =>
  new Uint8Array([...bytes, ...new Array(length - bytes.length).fill(0)]);
const everyType = (count: number): readonly Part[] =>
  Array.from(
    { length: count },
    (_, type): Part => [type + 1, type % 3 === 0 ? ip6(type) : type % 3 === 1 ? { u32: type } : ip4('192.0.2.1')],
  );

const kinds = [
  'bridge',
  'vxlan',
  'geneve',
  'vlan',
  'macvlan',
  'ipvlan',
  'tun',
  'vrf',
  'bond',
  'netkit',
  'gre',
  'ip6gre',
  'ipip',
  'sit',
  'ip6tnl',
  'vti',
  'xfrm',
];
const messages: readonly Uint8Array[] = [
  ...kinds.map((kind) => kindMessage(kind, everyType(50))),
  portMessage('bridge', everyType(45)),
  portMessage('bond', everyType(12)),
  linkMessage(3, 'eth0', [
    [1, mac('02:00:00:00:00:01')],
    [5, { u32: 3 }],
    [23, new Uint8Array(200)],
    [
      26,
      [
        [2, [[1, new Uint8Array(132)]]],
        [
          10,
          [
            [2, new Uint8Array(240)],
            [8, { u8: 1 }],
          ],
        ],
      ],
    ],
    [52, [[53, 'other']]],
    [
      43,
      [
        [2, { u8: 1 }],
        [4, { u32: 7 }],
      ],
    ],
  ]),
  message(16, header([7], 16), [
    [3, 'port'],
    [
      26,
      [
        [2, new Uint8Array([8, 0, 10, 0])],
        [2, new Uint8Array([16, 0, 20, 0])],
      ],
    ],
  ]),
  message(20, header([2, 24], 8), everyType(11)),
  message(24, header([2, 24], 12), everyType(30)),
  message(24, header([10, 64], 12), [
    ...everyType(8),
    [9, new Uint8Array([16, 0, 0, 1, 3, 0, 0, 0, 8, 0, 5, 0, 192, 0, 2, 1])],
    [21, { u16: 2 }],
    [22, everyType(6)],
  ]),
  message(32, header([2], 12), everyType(24)),
  message(28, header([2, 0, 0, 0, 3, 0, 0, 0, 2], 12), everyType(15)),
  message(28, header([7, 0, 0, 0, 3, 0, 0, 0, 2], 12), everyType(15)),
];

const damage = (bytes: Uint8Array, random: () => number): Uint8Array => {
  const cut = random() % 3 === 0 ? bytes.slice(0, 1 + (random() % bytes.length)) : bytes.slice();
  const flips = random() % 6;
  for (let flip = 0; flip < flips; flip++) cut[random() % cut.length] = random() & 0xff;
  // The message itself stays whole enough to be looked into.
  if (cut.length >= 16 && random() % 4 !== 0) new DataView(cut.buffer).setUint32(0, cut.length, true);
  return cut;
};

const parts = ['links', 'addresses', 'routes', 'policyRules', 'neighbours', 'fdb', 'vlans', 'sysctls'] as const;
const id = netnsId(hostId('test'), 4, 1);

test('60,000 damaged messages never throw, and leave plain data', () => {
  const random = randomNumbers(20_260_101);
  let decoded = 0;
  for (let round = 0; round < 60_000 / messages.length; round++) {
    for (const whole of messages) {
      const bytes = damage(whole, random);
      const range = [0, bytes.length] as const;
      const ranges: RawRanges = {
        links: range,
        addresses: range,
        routes: range,
        routes6: range,
        policyRules: range,
        neighbours: range,
        proxies: range,
        fdb: range,
        vlans: range,
      };
      const { facts } = decodeRawNetns(bytes.buffer as ArrayBuffer, { id, ranges, facts: {} }, parts, builtInNames);
      decoded += JSON.stringify(facts).length > 2 ? 1 : 0;
    }
  }
  expect(decoded).toBeGreaterThan(50_000);
});

test('a damaged message is counted in a gap and the others are kept', () => {
  const nameless = message(16, new Uint8Array(16), []);
  const bytes = joined([linkMessage(1, 'lo', []), nameless, linkMessage(2, 'eth0', [])]);
  const { facts, gaps } = decodeRawNetns(
    bytes.buffer as ArrayBuffer,
    { id, ranges: { links: [0, bytes.length] }, facts: {} },
    ['links'],
    builtInNames,
  );
  expect(facts.links?.map((link) => link.ifname)).toEqual(['lo', 'eth0']);
  expect(gaps).toEqual([
    { source: 'netlink: links', netns: id, reason: 'invalid', detail: '1 message was damaged and left out' },
  ]);
});
