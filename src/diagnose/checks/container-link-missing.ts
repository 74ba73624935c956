/** A running container has no link for one of its networks: the veth was deleted, or moved somewhere else. */
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { guided } from '../remedies.ts';

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
        if (links.length >= endpoints.length) return [];
        const lost = expected.find(
          ({ mac, ipv4 }) =>
            !links.some((link) => link.facts.address === mac || link.addresses.some(({ local }) => local === ipv4)),
        );
        if (lost === undefined) return [];
        return {
          subject: name,
          title: `${name} has no link to network ${lost.network}`,
          why: `The veth that joined ${name} to ${lost.network} is gone: it reaches nobody there, and nobody reaches ${lost.ipv4}.`,
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
          affects: [container.id],
        };
      }),
    ),
};
