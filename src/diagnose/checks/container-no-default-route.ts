/** A running container has lost its default route. */
import type { NetnsNode } from '../../graph/graph.ts';
import type { Route } from '../../model/route.ts';
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { automatic, command, untilRestart } from '../remedies.ts';

const families = {
  4: { gateway: 'gateway4', address: 'ipv4', option: [], word: '', over: '' },
  6: { gateway: 'gateway6', address: 'ipv6', option: ['-6'], word: 'IPv6 ', over: ' over IPv6' },
} as const;

const leadsOut = (routes: readonly Route[] | undefined) => routes?.some(({ dst }) => dst === 'default') !== false;

/** One at a time: what took the first took the second as well, or is another's doing. */
const familyWithout = ({ facts }: NetnsNode) =>
  leadsOut(facts.routes) ? (leadsOut(facts.routes6) ? undefined : families[6]) : families[4];

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
        const family = familyWithout(netns);
        if (family === undefined) return [];
        // A policy rule may lead to a table of its own: `default` there is found above; anything else is not ours to judge.
        const expected = container.facts.endpoints.find((endpoint) => {
          const network = networks.find(
            (one) => one.facts.fullId === endpoint.networkId || one.facts.name === endpoint.network,
          );
          return (
            network !== undefined &&
            !network.facts.internal &&
            (endpoint[family.gateway] ?? '') !== '' &&
            (network.facts.driver === 'bridge' || network.facts.driver === 'macvlan')
          );
        });
        const gateway = expected?.[family.gateway];
        if (expected === undefined || gateway === undefined) return [];
        const inside = container.links
          .flatMap((id) => view.link(id) ?? [])
          .find((link) => link.addresses.some((address) => address.local === expected[family.address]));
        if (inside === undefined) return [];
        const way = [...family.option, 'route'];
        const route = ['default', 'via', gateway, 'dev', inside.facts.ifname];
        return {
          subject: container.facts.name,
          title: `${container.facts.name} has no ${family.word}default route`,
          why: `It answers nobody outside network ${expected.network}${family.over}, and its own connections fail with "network is unreachable".`,
          evidence: [
            {
              fact: 'no route to default in any table',
              source: `${['ip', ...way].join(' ')} show table all ${where(netns)}`,
              netns: netns.id,
            },
            {
              fact: `network ${expected.network} has gateway ${gateway}`,
              source: `${engine.kind} inspect ${container.facts.name}`,
              container: container.id,
            },
          ],
          remedies: [
            automatic({
              title: `Give ${container.facts.name} its default route back`,
              changes: `Adds default via ${gateway} on ${inside.facts.ifname} inside ${container.facts.name}.`,
              scope: 'container',
              commands: [command(netns, 'ip', ...way, 'add', ...route)],
              undo: [command(netns, 'ip', ...way, 'del', ...route)],
              persistence: untilRestart,
            }),
          ],
          affects: [container.id],
        };
      }),
    ),
};
