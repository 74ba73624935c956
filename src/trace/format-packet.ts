/** A packet in one line: `172.17.0.2:* → 10.0.0.1:443 tcp`. */
import type { Packet } from '../model/packet.ts';

const hasPorts = (packet: Packet): boolean =>
  packet.proto === 'tcp' || packet.proto === 'udp' || packet.proto === 'sctp';

/** One end, with its port where the protocol has ports; `*` is a port nobody chose. */
export const formatEndpoint = (packet: Packet, end: 'src' | 'dst'): string => {
  const address = packet[end];
  if (!hasPorts(packet)) return address;
  const port = end === 'src' ? packet.sport : packet.dport;
  return `${packet.family === 6 ? `[${address}]` : address}:${port ?? '*'}`;
};

export const formatPacket = (packet: Packet): string =>
  `${formatEndpoint(packet, 'src')} → ${formatEndpoint(packet, 'dst')} ${packet.proto}`;
