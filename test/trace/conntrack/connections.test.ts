import { describe, expect, test } from 'vitest';
import type { NetnsId } from '../../../src/model/ids.ts';
import type { Packet } from '../../../src/model/packet.ts';
import { currentEntry, emptyTracking, forget, track, viewOf } from '../../../src/trace/conntrack/connections.ts';
import { syn } from '../../netfilter/sample-packets.ts';

const here = 'host#4:1' as NetnsId;
const there = 'host#4:2' as NetnsId;
const answer = (packet: Packet): Packet =>
  syn({ ...packet, src: packet.dst, dst: packet.src, sport: 80, dport: 40000 });

describe('what conntrack makes of a packet that answers what it has not seen', () => {
  test.each([
    ['SYN and ACK', answer(syn({ tcpFlags: ['SYN', 'ACK'] })), 'nothing'],
    ['an echo reply', answer(syn({ proto: 'icmp', icmpType: 0 })), 'nothing'],
    ['an echo reply of IPv6', answer(syn({ family: 6, proto: 'icmpv6', icmpType: 129 })), 'nothing'],
    ['a datagram', answer(syn({ proto: 'udp' })), 'an entry'],
    ['a segment in the middle of a connection', answer(syn({ tcpFlags: ['ACK'] })), 'an entry'],
    ['an echo request', syn({ proto: 'icmp', icmpType: 8 }), 'an entry'],
    ['an echo request of IPv6', syn({ family: 6, proto: 'icmpv6', icmpType: 128 }), 'an entry'],
    ['a SYN', syn({ tcpFlags: ['SYN'] }), 'an entry'],
  ])('%s', (_what, packet, made) => {
    const after = track(emptyTracking, here, packet, true);
    expect(currentEntry(after) === undefined ? 'nothing' : 'an entry').toBe(made);
    // Rules then see INVALID, and no NAT is done.
    expect(viewOf(after)?.state).toBe(made === 'nothing' ? undefined : 'NEW');
  });
});

test('an answer belongs to the entry of its netns, and to none of another', () => {
  const asked = track(emptyTracking, here, syn(), false);
  const reply = answer(syn({ tcpFlags: ['SYN', 'ACK'] }));
  expect(viewOf(track(forget(asked), here, reply, true))?.state).toBe('ESTABLISHED');
  expect(viewOf(track(forget(asked), there, reply, true))).toBeUndefined();
});

test('an ACK behind a SYN whose answer went another way is INVALID, behind one that was answered ESTABLISHED', () => {
  const asked = track(emptyTracking, here, syn(), false);
  const answered = track(forget(asked), here, answer(syn({ tcpFlags: ['SYN', 'ACK'] })), true);
  const ack = syn({ tcpFlags: ['ACK'] });
  expect(viewOf(track(forget(asked), here, ack, false))).toBeUndefined();
  expect(viewOf(track(forget(answered), here, ack, false))?.state).toBe('ESTABLISHED');
});
