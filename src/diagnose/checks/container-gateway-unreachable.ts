/** A container's default route leads to an address of its network that is not the gateway. */
import { parseAddress, parsePrefix, prefixContains } from '../../std/ip-address.ts';
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { automatic, command, untilRestart } from '../remedies.ts';

export const containerGatewayUnreachable: Check = {
  id: 'container-gateway-unreachable',
  severity: 'error',
  about:
    'A container’s default route names an address inside one of its networks that neither the bridge nor any neighbour has: everything ' +
    'for the outside is lost, while the network itself works.',
  not: [
    'a default route through a VPN’s or another tunnel’s link',
    'a neighbour container that serves as router',
    'a gateway outside the engine’s networks',
    'another router of the LAN, for a container on macvlan',
  ],
  references: ['man 8 ip-route'],
  needs: ['addresses'],
  leadsTo: 'engine',
  hides: ['flow-blocked', 'neighbour-unanswered'],
  find: (view) =>
    view.engines.flatMap(({ bridges, onParents }) =>
      [
        ...bridges.filter(({ bridge }) => bridge !== undefined),
        ...onParents.map((each) => ({ ...each, bridge: undefined })),
      ].flatMap(({ bridge, network, attachments }) =>
        attachments.flatMap(({ container, endpoint, inside }) => {
          const netns = view.netnsOf(container.netns);
          const route = netns?.facts.routes?.find(
            (one) => one.dst === 'default' && one.gateway !== undefined && one.dev === inside?.facts.ifname,
          );
          const gateway = route?.gateway;
          if (netns === undefined || inside === undefined || gateway === undefined || gateway === endpoint.gateway4)
            return [];
          const address = parseAddress(gateway);
          const within = network.facts.subnets.some(({ subnet }) => {
            const prefix = parsePrefix(subnet);
            return prefix !== undefined && address !== undefined && prefixContains(prefix, address);
          });
          // On a wire that leaves the host only silence tells that nobody is there.
          const silent = netns.facts.neighbours?.some(
            ({ dst, state }) => dst === gateway && (state.includes('FAILED') || state.includes('INCOMPLETE')),
          );
          const owned =
            (bridge === undefined ? silent !== true : bridge.addresses.some((one) => one.local === gateway)) ||
            attachments.some(
              (other) =>
                other.endpoint.ipv4 === gateway ||
                other.inside?.addresses.some((one) => one.local === gateway) === true,
            );
          if (!within || owned || endpoint.gateway4 === undefined) return [];
          return {
            subject: container.facts.name,
            title: `${container.facts.name}'s default route leads to ${gateway}, which nobody has`,
            why: `Everything it sends beyond network ${network.facts.name} is lost; the gateway of this network is ${endpoint.gateway4}.`,
            evidence: [
              {
                fact: `default via ${gateway} dev ${inside.facts.ifname}`,
                source: `ip route ${where(netns)}`,
                netns: netns.id,
              },
            ],
            remedies: [
              automatic({
                title: `Lead ${container.facts.name}'s default route to ${endpoint.gateway4}`,
                changes: `Replaces default via ${gateway} by default via ${endpoint.gateway4} inside ${container.facts.name}.`,
                scope: 'container',
                commands: [
                  command(
                    netns,
                    'ip',
                    'route',
                    'replace',
                    'default',
                    'via',
                    endpoint.gateway4,
                    'dev',
                    inside.facts.ifname,
                  ),
                ],
                undo: [command(netns, 'ip', 'route', 'replace', 'default', 'via', gateway, 'dev', inside.facts.ifname)],
                persistence: untilRestart,
              }),
            ],
            affects: [container.id],
          };
        }),
      ),
    ),
};
