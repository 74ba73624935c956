/** Links that come from the kernel or from the host's own set-up, by their kind. */
import { labelOf, type System } from './system.ts';

const kernel = labelOf('the kernel');
/** Made by the module when it is loaded, in every netns, whether or not anybody uses them. */
const fallbacks: Readonly<Record<string, string>> = {
  tunl0: 'stands ready for IP-in-IP tunnels; made by the module',
  gre0: 'stands ready for GRE tunnels; made by the module',
  gretap0: 'stands ready for GRE tunnels; made by the module',
  erspan0: 'stands ready for ERSPAN tunnels; made by the module',
  ip_vti0: 'stands ready for VTI tunnels; made by the module',
  ip6_vti0: 'stands ready for VTI tunnels; made by the module',
  sit0: 'stands ready for IPv6-in-IPv4 tunnels; made by the module',
  ip6tnl0: 'stands ready for IPv6 tunnels; made by the module',
  ip6gre0: 'stands ready for IPv6 GRE tunnels; made by the module',
};

export const hostLinks: System = {
  name: 'links of the host',
  labelLink({ link, netns }) {
    if (link.kind === 'loopback') return kernel('loopback: packets of this netns to itself');
    const fallback = fallbacks[link.facts.ifname];
    if (fallback !== undefined) return kernel(fallback);
    if (link.kind === 'physical' && netns.facts.isHost) return labelOf("the host's hardware")('link to the outside');
    return undefined;
  },
};
