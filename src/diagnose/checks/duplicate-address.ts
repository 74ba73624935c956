/** Two links on one bridge have the same IP address. */

import type { LinkNode } from '../../graph/graph.ts';
import { affectsNetwork, listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import { recreateContainer } from '../remedies.ts';

interface Holder {
  readonly name: string;
  readonly link: LinkNode;
}

export const duplicateAddress: Check = {
  id: 'duplicate-address',
  severity: 'error',
  about:
    'When two links on the same bridge have one address, whoever answers the neighbour request first gets the packets: the wrong service ' +
    'answers, or connections break by turns.',
  not: [
    'the same address on different bridges',
    'link-local addresses',
    'virtual addresses on loopback (swarm, keepalived)',
    'containers that share one netns',
  ],
  references: ['moby#33795', 'libnetwork#1108'],
  needs: ['links', 'addresses'],
  leadsTo: 'engine',
  hides: ['flow-blocked', 'neighbour-unanswered', 'stale-neighbour', 'container-address-wrong'],
  find: (view) =>
    view.engines.flatMap(({ bridges }) =>
      bridges.flatMap((each) => {
        const { bridge } = each;
        if (bridge === undefined) return [];
        const holders = new Map<string, Holder[]>();
        const add = (link: LinkNode, name: string) => {
          for (const { local, family, scope } of link.addresses) {
            if (family !== 'inet' || scope === 'link' || scope === 'host') continue;
            holders.set(local, [...(holders.get(local) ?? []), { name, link }]);
          }
        };
        add(bridge, bridge.facts.ifname);
        for (const port of bridge.ports) {
          const outside = view.link(port);
          const inside = outside?.peer?.certainty === 'exact' ? view.link(outside.peer.to) : undefined;
          if (inside !== undefined && inside.netns !== bridge.netns)
            add(inside, view.netnsOf(inside.netns)?.name ?? inside.facts.ifname);
        }
        return [...holders]
          .filter(([, sharing]) => sharing.length > 1)
          .map(([address, sharing]) => ({
            subject: `${bridge.facts.ifname}/${address}`,
            title: `${listNames(sharing.map(({ name }) => name))} on ${bridge.facts.ifname} have the same address ${address}`,
            why: 'Whoever answers first gets the packets: the wrong one answers, or connections break by turns.',
            evidence: sharing.map(({ name, link }) => ({
              fact: `${link.facts.ifname} of ${name} has ${address}`,
              source: `ip addr (${name})`,
              link: link.id,
            })),
            remedies: [
              recreateContainer(sharing.at(-1)!.name, 'Gives it an address the engine has not given out to another.'),
            ],
            // Who has the gateway's address takes what everybody on the network sends beyond it.
            affects: sharing.flatMap(({ link }) =>
              link.id === bridge.id ? affectsNetwork(each) : [link.id, ...(view.netnsOf(link.netns)?.containers ?? [])],
            ),
          }));
      }),
    ),
};
