/** A running container has lost its default route. */
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { automatic, command, untilRestart } from '../remedies.ts';

export const containerNoDefaultRoute: Check = {
  id: 'container-no-default-route',
  severity: 'error',
  about:
    'Without a default route a container answers only its own network: the host’s loopback works (through the userland proxy), published ports ' +
    'time out from outside, and outward connections fail with "network is unreachable". A VPN client or script inside deleted it, or the ' +
    'link was switched off and on, which drops routes.',
  not: [
    'internal networks',
    'mode none, host and container:X',
    'ipvlan in mode l3, with a default route by link',
    'networks whose endpoint has no gateway',
  ],
  references: ['libnetwork#401', 'pipework#183', 'moby#27533'],
  needs: [],
  hides: ['flow-blocked', 'container-gateway-unreachable'],
  find: (view) =>
    view.engines.flatMap(({ engine, running, networks }) =>
      running.flatMap((container) => {
        const netns = view.netnsOf(container.netns);
        if (
          container.facts.mode === 'host' ||
          container.facts.mode === 'container' ||
          netns?.facts.routes === undefined ||
          netns.facts.isHost
        )
          return [];
        if (netns.facts.routes.some((route) => route.dst === 'default')) return [];
        // A policy rule may lead to a table of its own: `default` there is found above; anything else is not ours to judge.
        const expected = container.facts.endpoints.find((endpoint) => {
          const network = networks.find(
            (one) => one.facts.fullId === endpoint.networkId || one.facts.name === endpoint.network,
          );
          return (
            network !== undefined &&
            !network.facts.internal &&
            (endpoint.gateway4 ?? '') !== '' &&
            (network.facts.driver === 'bridge' || network.facts.driver === 'macvlan')
          );
        });
        if (expected?.gateway4 === undefined) return [];
        const inside = container.links
          .flatMap((id) => view.link(id) ?? [])
          .find((link) => link.addresses.some((address) => address.local === expected.ipv4));
        if (inside === undefined) return [];
        return {
          subject: container.facts.name,
          title: `${container.facts.name} has no default route`,
          why: `It answers nobody outside network ${expected.network}, and its own connections fail with "network is unreachable".`,
          evidence: [
            {
              fact: 'no route to default in any table',
              source: `ip route show table all ${where(netns)}`,
              netns: netns.id,
            },
            {
              fact: `network ${expected.network} has gateway ${expected.gateway4}`,
              source: `${engine.kind} inspect ${container.facts.name}`,
              container: container.id,
            },
          ],
          remedies: [
            automatic({
              title: `Give ${container.facts.name} its default route back`,
              changes: `Adds default via ${expected.gateway4} on ${inside.facts.ifname} inside ${container.facts.name}.`,
              scope: 'container',
              commands: [
                command(netns, 'ip', 'route', 'add', 'default', 'via', expected.gateway4, 'dev', inside.facts.ifname),
              ],
              undo: [
                command(netns, 'ip', 'route', 'del', 'default', 'via', expected.gateway4, 'dev', inside.facts.ifname),
              ],
              persistence: untilRestart,
            }),
          ],
          affects: [container.id],
        };
      }),
    ),
};
