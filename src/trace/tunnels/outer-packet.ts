/** The packet that a tunnel puts another one into, and how its netns sends it (vxlan_xmit_one, ip_tunnel_xmit). */
import type { Packet } from '../../model/packet.ts';
import type { Sending } from '../stages/send.ts';
import type { World } from '../world.ts';
import type { Remote } from './remotes.ts';
import type { Tunnel } from './tunnel.ts';
import type { TunnelEnd } from './tunnel-ends.ts';

export const outerPacket = (packet: Packet, { tunnel, outer }: TunnelEnd, remote: Remote): Packet => {
  const inherits = tunnel.dontFragment === 'as the packet';
  return {
    family: remote.address.includes(':') ? 6 : 4,
    src: tunnel.local ?? '',
    dst: remote.address,
    proto: tunnel.proto,
    ...(tunnel.port !== undefined && { dport: remote.port ?? tunnel.port }),
    ttl: tunnel.ttl,
    mark: outer === tunnel.link.netns ? packet.mark : 0,
    tos: 0,
    length: packet.length + tunnel.overhead,
    dontFragment: inherits ? packet.dontFragment : tunnel.dontFragment === 'yes',
  };
};

/** Bound to the tunnel's own address and link where it has them (IFLA_VXLAN_LOCAL, IFLA_VXLAN_LINK). */
export const outerSending = (world: World, { link, local }: Tunnel): Sending => ({
  what: 'sends',
  once: true,
  ...(local !== undefined && { source: local }),
  ...(link.lowerLink?.certainty === 'exact' && { oif: world.link(link.lowerLink.to).facts.ifname }),
});
