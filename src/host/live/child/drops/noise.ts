/** Drops that are no loss: copies for others, sockets that close, answers nobody waits for. */
import type { DropEvent } from '../../watch-order.ts';

/** enum skb_drop_reason, in words of include/net/dropreason-core.h. */
const reasons: ReadonlySet<string> = new Set([
  // Flooding brings a frame to everybody; who it is not for lets go of it.
  'OTHERHOST',
  'SOCKET_CLOSE',
  'QUEUE_PURGE',
  'IPV6DISABLED',
  'UNIX_DISCONNECT',
  'TCP_OLD_DATA',
  'TCP_OLD_ACK',
  'TCP_OFOMERGE',
  'TAP_FILTER',
]);

const RST = 4;
const TCP = 6;

export const isNoise = ({ reason, location, packet }: DropEvent): boolean => {
  if (reason !== undefined && reasons.has(reason)) return true;
  // A raw socket (ping's) got a copy before.
  if (location === 'ping_rcv' || location === 'icmp_rcv') return reason === 'NO_SOCKET' || reason === undefined;
  // A reset for a connection that is over already.
  return reason === 'NO_SOCKET' && packet?.proto === TCP && ((packet.flags ?? 0) & RST) !== 0;
};
