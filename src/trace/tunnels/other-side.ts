/** What must be true on the other side of a tunnel that is not in the picture. */
import type { Flight } from '../flight.ts';
import { tunnelName } from './tunnel.ts';

/** The flight carries a packet inside and leaves by `ifname`. */
export const explainOtherSide = ({ packet, inside }: Flight, ifname: string): string => {
  const { tunnel, packet: inner } = inside!;
  if (tunnel.kind === 'esp')
    return `it leaves by ${ifname} as ESP (IP protocol 50) for ${packet.dst}, which is not in the picture and must let it in from ${packet.src} and have the keys for it`;
  const how = tunnel.port === undefined ? `IP protocol ${tunnel.proto}` : `udp ${packet.dport ?? tunnel.port}`;
  const onward = tunnel.layer === 2 ? `${inner.dstMac ?? 'that MAC'} behind it` : 'a route';
  return (
    `it leaves by ${ifname} for ${packet.dst}, which is not in the picture and must let in ${how} from ${packet.src}, ` +
    `have a link of ${tunnelName(tunnel)} that is up, ${onward} for ${inner.dst}, and a way back to ${inner.src}`
  );
};
