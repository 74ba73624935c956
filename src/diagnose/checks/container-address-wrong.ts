/** A container's link does not have the address its engine gave out. */
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { automatic, command, untilRestart } from '../remedies.ts';

export const containerAddressWrong: Check = {
  id: 'container-address-wrong',
  severity: 'error',
  about:
    'The engine gave the container an address and leads published ports and names to it. When the link inside has another address, or none, ' +
    'neighbours ask for the old one and nobody answers. A program with NET_ADMIN inside changed it.',
  not: [
    'a container that is not running',
    'an additional address beside the right one',
    'links or addresses that were not read',
    'swarm addresses on loopback',
  ],
  references: ['man 8 ip-address'],
  needs: [],
  hides: [
    'flow-blocked',
    'neighbour-unanswered',
    'container-no-default-route',
    'container-gateway-unreachable',
    'orphan-dnat',
  ],
  find: (view) =>
    view.engines.flatMap(({ engine, bridges }) =>
      bridges.flatMap(({ network, attachments }) =>
        attachments.flatMap(({ container, endpoint, inside }) => {
          const netns = view.netnsOf(container.netns);
          const address = endpoint.ipv4;
          if (
            netns?.facts.addresses === undefined ||
            netns.facts.links === undefined ||
            address === undefined ||
            address === ''
          )
            return [];
          const links = netns.links.flatMap((id) => view.link(id) ?? []);
          if (links.some((link) => link.addresses.some((one) => one.local === address))) return [];
          const withLength = `${address}/${endpoint.prefixLength4 ?? 16}`;
          const now =
            inside?.addresses.filter((one) => one.family === 'inet').map((one) => `${one.local}/${one.prefixlen}`) ??
            [];
          return {
            subject: container.facts.name,
            title: `${container.facts.name} does not have its address ${address}`,
            why: `The engine leads names and published ports to ${address}, and nobody on network ${network.facts.name} answers there.`,
            evidence: [
              {
                fact:
                  inside === undefined
                    ? `no link has ${address}`
                    : `${inside.facts.ifname} has ${now.join(', ') || 'no address'}`,
                source: `ip addr ${where(netns)}`,
                netns: netns.id,
              },
              {
                fact: `endpoint on ${network.facts.name}: ${withLength}`,
                source: `${engine.kind} inspect ${container.facts.name}`,
                container: container.id,
              },
            ],
            remedies:
              inside === undefined
                ? []
                : [
                    automatic({
                      title: `Give ${container.facts.name} its address back`,
                      changes: `Adds ${withLength} to ${inside.facts.ifname} inside ${container.facts.name}${endpoint.gateway4 === undefined ? '' : ', and the default route by its gateway'}.`,
                      scope: 'container',
                      commands: [
                        command(netns, 'ip', 'addr', 'add', withLength, 'dev', inside.facts.ifname),
                        ...(endpoint.gateway4 === undefined ||
                        (netns.facts.routes ?? []).some((route) => route.dst === 'default')
                          ? []
                          : [
                              command(
                                netns,
                                'ip',
                                'route',
                                'add',
                                'default',
                                'via',
                                endpoint.gateway4,
                                'dev',
                                inside.facts.ifname,
                              ),
                            ]),
                      ],
                      undo: [command(netns, 'ip', 'addr', 'del', withLength, 'dev', inside.facts.ifname)],
                      persistence: untilRestart,
                    }),
                  ],
            affects: [container.id, ...(inside === undefined ? [] : [inside.id])],
          };
        }),
      ),
    ),
};
