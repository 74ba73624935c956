/** Somebody outside calls containers by their own addresses, and the engine's rules drop it. */
import type { Check } from '../check.ts';
import { type ReadRule, rulesIn } from '../engine-rules.ts';
import type { HostView } from '../host-view.ts';
import { rulesetOf, where } from '../host-view.ts';
import { guided } from '../remedies.ts';

/** `-d ADDRESS ! -i BRIDGE -j DROP`, since 28. */
const dropsRouted = ({ words }: ReadRule) =>
  words.target === 'DROP' && words.dst !== undefined && !words.dst.not && words.in?.not === true;

const counted = (rules: readonly ReadRule[]): ReadonlyMap<string, number> =>
  new Map(
    rules
      .filter(dropsRouted)
      .map(({ rule, words }) => [
        `${words.dst?.value} ${words.dport?.value ?? ''}`.trim(),
        rule.counters?.packets ?? 0,
      ]),
  );

function risenDrops({ home, earlier }: HostView): readonly { readonly address: string; readonly packets: number }[] {
  const [now, before] = [home, earlier?.home].map((netns) => (netns === undefined ? undefined : rulesetOf(netns)));
  if (now === undefined || before === undefined) return [];
  const old = counted(rulesIn(before, 'ip', 'raw', 'PREROUTING'));
  return [...counted(rulesIn(now, 'ip', 'raw', 'PREROUTING'))].flatMap(([key, packets]) => {
    const more = packets - (old.get(key) ?? packets);
    return more > 0 ? [{ address: key, packets: more }] : [];
  });
}

export const directAccessDropped: Check = {
  id: 'direct-access-dropped',
  severity: 'info',
  comparesPictures: true,
  about:
    'Since Docker 28 packets from outside to a container’s own address are dropped in table raw, before any other rule. Routes to container ' +
    'networks, VPNs and proxies on other hosts that used to work stop; no counter of FORWARD moves. It is meant so, but whoever relies on such a ' +
    'route must say it to the engine.',
  not: [
    'rules that count nothing',
    'packets counted long ago',
    'published ports, which are reached by the host’s address',
  ],
  references: [
    'moby#51015',
    'moby#49829',
    'docs.docker.com/engine/network/packet-filtering-firewalls (direct routing)',
  ],
  needs: ['ruleset'],
  find: (view) => {
    const drops = risenDrops(view);
    if (drops.length === 0) return [];
    return [
      {
        subject: 'this host',
        title: `Packets from outside to ${drops.length === 1 ? 'a container’s own address' : 'containers’ own addresses'} are dropped`,
        why: 'Somebody calls them by a route to the container network; the engine lets only published ports be reached from outside.',
        evidence: drops.slice(0, 5).map(({ address, packets }) => ({
          fact: `${packets} packets for ${address} dropped in ${view.earlier?.seconds} s`,
          source: `iptables-save -c, table raw, chain PREROUTING ${where(view.home)}, read twice`,
        })),
        remedies: [
          guided({
            title: 'Allow the links you trust to reach the network directly',
            changes:
              'The network is made again with trusted_host_interfaces, or with a gateway mode without this protection.',
            scope: 'network',
            risk: 'Containers of the network are made again; whoever is on those links reaches every port of them.',
            riskLevel: 'medium',
            persistence: 'For good.',
            steps: [
              'docker network create -o com.docker.network.bridge.trusted_host_interfaces=LINK …',
              'or -o com.docker.network.bridge.gateway_mode_ipv4=nat-unprotected',
            ],
          }),
        ],
        affects: ['host'],
      },
    ];
  },
};
