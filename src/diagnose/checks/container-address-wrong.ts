/** A container's link does not have the address its engine gave out. */

import type { ContainerNode, LinkNode, NetnsNode } from '../../graph/graph.ts';
import type { Endpoint } from '../../model/container.ts';
import type { Check } from '../check.ts';
import type { Problem } from '../finding.ts';
import { type HostView, sysctlOf, where } from '../host-view.ts';
import { automatic, command, untilRestart } from '../remedies.ts';

/** The engine gave it an IPv6 address that none of its links has; the IPv4 one is there. */
function lacksIpv6(
  view: HostView,
  netns: NetnsNode | undefined,
  container: ContainerNode,
  endpoint: Endpoint,
  inside: LinkNode | undefined,
): Problem | undefined {
  const { ipv4 = '', ipv6 = '' } = endpoint;
  if (ipv6 === '' || inside === undefined || netns?.facts.addresses === undefined) return undefined;
  const has = (address: string) =>
    netns.links.some((id) => view.link(id)?.addresses.some(({ local }) => local === address) === true);
  if (has(ipv6) || (ipv4 !== '' && !has(ipv4))) return undefined;
  const { ifname } = inside.facts;
  const setting = [`ipv6.conf.${ifname}.disable_ipv6`, 'ipv6.conf.all.disable_ipv6'].find(
    (one) => sysctlOf(netns, one) === '1',
  );
  // Switched on again, a link has its link-local address alone.
  const add = [
    command(netns, 'ip', 'addr', 'add', `${ipv6}/${endpoint.prefixLength6 ?? 64}`, 'dev', ifname, 'nodad'),
    ...((endpoint.gateway6 ?? '') === '' || netns.facts.routes6?.some(({ dst }) => dst === 'default') === true
      ? []
      : [command(netns, 'ip', '-6', 'route', 'add', 'default', 'via', endpoint.gateway6!, 'dev', ifname)]),
  ];
  return {
    subject: container.facts.name,
    title: `${container.facts.name} does not have its IPv6 address ${ipv6}`,
    why: `${setting === undefined ? '' : `IPv6 is switched off on ${ifname}. `}Nobody answers at ${ipv6}, where the engine leads names and neighbours.`,
    evidence: [
      ...(setting === undefined
        ? []
        : [{ fact: `net.${setting} = 1`, source: `sysctl ${where(netns)}`, netns: netns.id }]),
      { fact: `no link has ${ipv6}`, source: `ip -6 addr ${where(netns)}`, netns: netns.id, link: inside.id },
    ],
    remedies: [
      automatic({
        title: `Give ${container.facts.name} its IPv6 address back`,
        changes: `${setting === undefined ? '' : `Switches IPv6 on for ${ifname}; `}adds ${ipv6} and the default route by its gateway.`,
        scope: 'container',
        commands: [...(setting === undefined ? [] : [command(netns, 'sysctl', '-w', `net.${setting}=0`)]), ...add],
        undo: [
          command(netns, 'ip', 'addr', 'del', `${ipv6}/${endpoint.prefixLength6 ?? 64}`, 'dev', ifname),
          ...(setting === undefined ? [] : [command(netns, 'sysctl', '-w', `net.${setting}=1`)]),
        ],
        persistence: untilRestart,
      }),
    ],
    affects: [container.id, inside.id],
  };
}

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
  leadsTo: 'engine',
  hides: [
    'flow-blocked',
    'neighbour-unanswered',
    'container-no-default-route',
    'container-gateway-unreachable',
    'orphan-dnat',
  ],
  find: (view) =>
    view.engines.flatMap(({ engine, bridges, onParents }) =>
      [...bridges, ...onParents].flatMap(({ network, attachments }) =>
        attachments.flatMap(({ container, endpoint, inside }) => {
          const netns = view.netnsOf(container.netns);
          const without6 = lacksIpv6(view, netns, container, endpoint, inside);
          if (without6 !== undefined) return without6;
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
