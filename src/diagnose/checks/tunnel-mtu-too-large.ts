/** Packets that fit into a tunnel do not fit, once wrapped, through the link they leave the host by. */
import type { LinkNode } from '../../graph/graph.ts';
import { buildWorld } from '../../trace/build-world.ts';
import { routeOutput } from '../../trace/routing/route-output.ts';
import { tunnelName } from '../../trace/tunnels/tunnel.ts';
import type { TunnelEnd } from '../../trace/tunnels/tunnel-ends.ts';
import { isMulticast } from '../../trace/tunnels/tunnel-ends.ts';
import type { Check } from '../check.ts';
import type { HostView } from '../host-view.ts';
import { automatic, command, untilReboot } from '../remedies.ts';
import { remotesKnown, tunnelsOf } from '../tunnel-paths.ts';

/** The smallest link that outer packets leave by. */
const below = (view: HostView, end: TunnelEnd): LinkNode | undefined => {
  const world = buildWorld(view.graph);
  const links = remotesKnown(world, end)
    .filter(({ address }) => !isMulticast(address))
    .map(({ address }) =>
      routeOutput(world.view(end.outer), {
        family: address.includes(':') ? 6 : 4,
        dst: address,
        iif: 'lo',
        mark: 0,
        tos: 0,
        proto: end.tunnel.proto,
      }),
    )
    .flatMap((route) => (route.kind === 'ways' ? route.ways.map((way) => way.link) : []))
    .filter((link) => link.kind !== 'loopback');
  return links.reduce<LinkNode | undefined>(
    (least, link) => (least === undefined || link.facts.mtu < least.facts.mtu ? link : least),
    undefined,
  );
};

export const tunnelMtuTooLarge: Check = {
  id: 'tunnel-mtu-too-large',
  severity: 'warning',
  about:
    'A tunnel adds its own headers to every packet: 50 bytes for VXLAN over IPv4, 70 over IPv6, 20 for IP in IP, 24 for GRE. When its MTU is not that much smaller than the ' +
    'MTU of the link below, large packets are cut in pieces or lost: pings and small answers work, transfers hang.',
  not: [
    'an overlay of 1450 on an uplink of 1500, which is right for VXLAN',
    'an uplink with jumbo frames',
    'a tunnel that is down',
    'a tunnel whose other ends are not known',
    'tunnel ports of Open vSwitch, which have no MTU of their own',
  ],
  references: ['moby/moby#24220', 'flannel-io/flannel: backends, MTU', 'linux: VXLAN_HEADROOM'],
  needs: ['links', 'routes', 'addresses'],
  find: (view) =>
    tunnelsOf(view).flatMap((end) => {
      const { link, overhead } = end.tunnel;
      const hasMtu = link.state !== 'down' && end.tunnel.switch === undefined;
      const lower = hasMtu ? below(view, end) : undefined;
      if (lower === undefined || link.facts.mtu + overhead <= lower.facts.mtu) return [];
      const netns = view.netnsOf(link.netns);
      const right = lower.facts.mtu - overhead;
      const set = (mtu: number) => command(netns, 'ip', 'link', 'set', link.facts.ifname, 'mtu', String(mtu));
      return {
        subject: `${netns?.facts.isHost === true ? view.id : (netns?.name ?? view.id)}/${link.facts.ifname}`,
        title: `${link.facts.ifname} takes packets of ${link.facts.mtu} bytes, but with ${overhead} bytes of ${tunnelName(end.tunnel)} ${lower.facts.ifname} has room for ${right}`,
        why: `Packets of more than ${right} bytes become longer than ${lower.facts.mtu} when they are wrapped: they are sent in pieces, which many networks lose, or not at all.`,
        evidence: [
          {
            fact: `${link.facts.ifname} mtu ${link.facts.mtu}`,
            source: `ip link (${netns?.name ?? view.id})`,
            link: end.tunnel.shown,
            ...(netns === undefined ? {} : { netns: netns.id }),
          },
          {
            fact: `${lower.facts.ifname} mtu ${lower.facts.mtu}`,
            source: `ip link (${view.netnsOf(lower.netns)?.name ?? view.id})`,
            link: lower.id,
          },
        ],
        remedies: [
          automatic({
            title: `Set the MTU of ${link.facts.ifname} to ${right}`,
            changes: 'Whoever routes into the tunnel is told the size that fits.',
            scope: 'link',
            commands: [set(right)],
            undo: [set(link.facts.mtu)],
            persistence: `${untilReboot} For good: the MTU in the settings of the network (com.docker.network.driver.mtu, flannel's MTU).`,
            steps: [
              'Containers that are on the overlay themselves need the same MTU: make them anew after changing the network.',
            ],
          }),
        ],
        affects: [end.tunnel.shown],
      };
    }),
};
