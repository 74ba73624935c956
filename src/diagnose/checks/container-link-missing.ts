/** A running container has no link for one of its networks: the veth was deleted, or moved somewhere else. */
import type { LinkNode, NetnsNode } from '../../graph/graph.ts';
import type { Endpoint } from '../../model/container.ts';
import type { Check } from '../check.ts';
import { type HostView, where } from '../host-view.ts';
import { guided } from '../remedies.ts';

/** The link with the endpoint's MAC address, in a netns of somebody else, with its outer end in a bridge still. */
const movedTo = (view: HostView, own: NetnsNode, mac: string | undefined): LinkNode | undefined =>
  mac === undefined
    ? undefined
    : view.netns
        .filter(({ id }) => id !== own.id)
        .flatMap(({ links }) => links.flatMap((id) => view.link(id) ?? []))
        .find((link) => {
          const outside = link.peer?.certainty === 'exact' ? view.link(link.peer.to) : undefined;
          return link.kind === 'veth' && link.facts.address === mac && outside?.master !== undefined;
        });

const isLike =
  ({ mac, ipv4 }: Endpoint) =>
  (link: LinkNode) =>
    link.facts.address === mac || link.addresses.some(({ local }) => local === ipv4);

export const containerLinkMissing: Check = {
  id: 'container-link-missing',
  severity: 'error',
  about:
    'The engine made a veth for every network of a container. When one end is deleted the other goes with it, and the engine does not notice: the container ' +
    'runs on without that network. `ip link del`, network managers and clean-up scripts do this; so does moving the link into another netns.',
  not: [
    'a link with another address or MAC than the engine gave it',
    'a container that is not running',
    'links that were not read',
    'containers that share the netns of another',
  ],
  references: ['moby#23407', 'man 4 veth'],
  needs: ['links'],
  leadsTo: 'engine',
  hides: [
    'container-address-wrong',
    'container-no-default-route',
    'container-gateway-unreachable',
    'flow-blocked',
    'neighbour-unanswered',
    'orphan-dnat',
    'leftover-veth',
  ],
  find: (view) =>
    view.engines.flatMap(({ engine, running, networks }) =>
      running.flatMap((container) => {
        const { mode, name, endpoints } = container.facts;
        const netns = view.netnsOf(container.netns);
        if (netns?.facts.links === undefined || netns.facts.isHost || mode === 'host' || mode === 'container')
          return [];
        const expected = endpoints.filter(
          ({ networkId, network, ipv4 }) =>
            (ipv4 ?? '') !== '' &&
            networks.some(
              ({ facts }) => (facts.fullId === networkId || facts.name === network) && facts.driver === 'bridge',
            ),
        );
        const links = netns.links.flatMap((id) => view.link(id) ?? []).filter((link) => link.kind !== 'loopback');
        const without = expected.filter((endpoint) => !links.some(isLike(endpoint)));
        const moved = without
          .map((endpoint) => ({ endpoint, link: movedTo(view, netns, endpoint.mac) }))
          .find(({ link }) => link !== undefined);
        // One link too few: no link can be the lost one under another address.
        const lost = moved?.endpoint ?? (links.length >= endpoints.length ? undefined : without[0]);
        if (lost === undefined) return [];
        const home = view.netnsOf(moved?.link?.netns);
        const how = home === undefined ? 'is gone' : `lies in ${home.name} as ${moved?.link?.facts.ifname}`;
        return {
          subject: name,
          title: `${name} has no link to network ${lost.network}${home === undefined ? '' : `: it ${how}`}`,
          why: `The veth that joined ${name} to ${lost.network} ${how}: ${name} reaches nobody there, and nobody reaches ${lost.ipv4}.`,
          evidence: [
            {
              fact: `links: ${['lo', ...links.map(({ facts }) => facts.ifname)].join(', ')}; none has ${lost.ipv4}${lost.mac === undefined ? '' : ` or ${lost.mac}`}`,
              source: `ip link, ip addr ${where(netns)}`,
              netns: netns.id,
            },
            {
              fact: `endpoint on ${lost.network}: ${lost.ipv4}`,
              source: `${engine.kind} inspect ${name}`,
              container: container.id,
            },
          ],
          remedies: [
            guided({
              title: `Connect ${name} to ${lost.network} again`,
              changes: 'The engine makes a new veth with the same address.',
              scope: 'container',
              risk: `${name} has no network ${lost.network} now; nobody else is interrupted.`,
              riskLevel: 'low',
              persistence: 'For good, unless whoever deleted the link does it again.',
              commands: [
                { argv: [engine.kind, 'network', 'disconnect', '-f', lost.network, name] },
                { argv: [engine.kind, 'network', 'connect', '--ip', lost.ipv4!, lost.network, name] },
              ],
              steps: ['an address of its own choice (--ip) is possible only on networks with a subnet somebody chose'],
            }),
          ],
          affects: [
            container.id,
            ...(moved?.link === undefined ? [] : [moved.link.id]),
            ...(moved?.link?.peer?.certainty === 'exact' ? [moved.link.peer.to] : []),
          ],
        };
      }),
    ),
};
