/** What must be true on the other side of a tunnel that is not in the picture. */
import type { Flight } from '../flight.ts';
import type { World } from '../world.ts';
import { tunnelName } from './tunnel.ts';

/** The flight carries a packet inside. */
export const explainOtherSide = (_world: World, { packet, inside }: Flight): string => {
  const { tunnel, packet: inner } = inside!;
  const name = tunnelName(tunnel);
  const how = tunnel.port === undefined ? `IP protocol ${tunnel.proto}` : `udp ${packet.dport ?? tunnel.port}`;
  const onward =
    tunnel.layer === 2 ? `somebody with ${inner.dstMac ?? 'its MAC'} behind it` : `a route to ${inner.dst}`;
  return (
    `what ${packet.dst} does is not in the picture: it must let ${how} from ${packet.src} in, have a link of ${name} that is up, ` +
    `${onward} for ${inner.dst}, and a way back to ${inner.src}`
  );
};
