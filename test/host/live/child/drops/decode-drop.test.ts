import { expect, test } from 'vitest';
import { decodeDrop, reasonNames } from '../../../../../src/host/live/child/drops/decode-drop.ts';
import { record } from '../../../../../src/host/live/child/drops/drop-program.ts';
import { isNoise } from '../../../../../src/host/live/child/drops/noise.ts';
import { littleEndian } from '../../../../../src/host/netlink/wire/attributes.ts';

const context = {
  reasons: reasonNames(new Map([[12, 'SKB_DROP_REASON_NETFILTER_DROP']])),
  symbols: { nameOf: () => 'nft_do_chain' },
  tellsReason: true,
};

const written = (protocol: number, packet: string): Uint8Array => {
  const bytes = new Uint8Array(record.size);
  const view = new DataView(bytes.buffer);
  view.setUint32(record.reason, 12, littleEndian);
  view.setUint32(record.length, 40, littleEndian);
  view.setUint32(record.ifindex, 5, littleEndian);
  view.setUint32(record.netns, 4026531833, littleEndian);
  view.setUint16(record.protocol, protocol, false);
  bytes.set(new TextEncoder().encode('docker0'), record.ifname);
  bytes.set(
    packet.split(' ').map((one) => Number.parseInt(one, 16)),
    record.packet,
  );
  return bytes;
};

const ip = '45 00 00 28 12 34 40 00 40 06 00 00 0a 00 00 01 0a 00 00 02';
const tcp = 'c0 11 00 50 00 00 00 01 00 00 00 00 50 02 00 00 00 00 00 00';

test('a drop is told with its reason, place, link, netns and packet', () => {
  expect(decodeDrop(written(0x0800, `${ip} ${tcp}`), context)).toMatchObject({
    reason: 'NETFILTER_DROP',
    location: 'nft_do_chain',
    inode: 4026531833,
    ifindex: 5,
    ifname: 'docker0',
    packet: { src: '10.0.0.1', dst: '10.0.0.2', proto: 6, sport: 0xc011, dport: 80, flags: 2 },
  });
});

test("what lies behind the packet's own end is not read", () => {
  const udp = '45 00 00 1e 00 01 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02 00 35 00 36 00 0a 00 00 aa bb';
  const one = decodeDrop(written(0x0800, `${udp} 11 22 33 44`), context);
  const other = decodeDrop(written(0x0800, `${udp} 55 66 77 88`), context);
  expect(one.packet?.fingerprint).toBe(other.packet?.fingerprint);
});

test('an ICMP error is told with the packet it is about', () => {
  const error = '45 00 00 44 00 01 00 00 40 01 00 00 0a 00 00 fe 0a 00 00 01 03 04 00 00 00 00 05 dc';
  expect(decodeDrop(written(0x0800, `${error} ${ip} ${tcp}`), context)).toMatchObject({
    packet: { proto: 1, icmpType: 3, icmpCode: 4 },
    about: { src: '10.0.0.1', dport: 80 },
  });
});

test('an ARP request is told by who asks for whom', () => {
  const arp = '00 01 08 00 06 04 00 01 02 00 00 00 00 01 0a 00 00 01 00 00 00 00 00 00 0a 00 00 02';
  expect(decodeDrop(written(0x0806, arp), context).arp).toEqual({ asks: '10.0.0.1', target: '10.0.0.2' });
});

test('copies for others and late resets are no loss', () => {
  const packet = { family: 4, src: 'a', dst: 'b', proto: 6, ttl: 1 } as const;
  const drop = { location: 'tcp_v4_rcv', protocol: 0x800, length: 40, count: 1 };
  expect(isNoise({ ...drop, reason: 'OTHERHOST' })).toBe(true);
  expect(isNoise({ ...drop, reason: 'NO_SOCKET', packet: { ...packet, flags: 4 } })).toBe(true);
  expect(isNoise({ ...drop, reason: 'NO_SOCKET', packet: { ...packet, flags: 2 } })).toBe(false);
  expect(isNoise({ ...drop, reason: 'NETFILTER_DROP' })).toBe(false);
});
