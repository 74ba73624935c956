/** The link the host's default route leaves by is down. */

import type { LinkNode, NetnsNode } from '../../graph/graph.ts';
import type { Check } from '../check.ts';
import { type HostView, isUp, where } from '../host-view.ts';

const works = (link: LinkNode): boolean => isUp(link) && link.state !== 'no-carrier' && link.state !== 'down';

/**
 * Switching a link off deletes its routes: then it is the physical link, or the link that a network's containers use as parent, with an address that leads
 * nowhere, where no other way out is left.
 */
function findDown(view: HostView, netns: NetnsNode): LinkNode | undefined {
  const defaults = (netns.facts.routes ?? []).filter(({ dst }) => dst === 'default');
  const used = defaults
    .filter(({ table, dev, type }) => table === 'main' && dev !== undefined && type === 'unicast')
    .flatMap(({ dev }) => view.linkNamed(netns.id, dev!) ?? []);
  if (used.length > 0) return used.some(works) ? undefined : used[0];
  if (defaults.length > 0) return undefined;
  const own = netns.links
    .flatMap((id) => view.link(id) ?? [])
    .filter(
      (link) =>
        (link.kind === 'physical' || link.kind === 'veth' || link.kind === 'vlan' || link.kind === 'bond') &&
        link.master === undefined &&
        link.addresses.some(({ family, scope }) => family === 'inet' && scope === 'global'),
    );
  return own.some(works) ? undefined : own[0];
}

export const uplinkDown: Check = {
  id: 'uplink-down',
  severity: 'error',
  about:
    'The host’s default route leaves by a link that is switched off or has no carrier: nobody outside is reached, by containers or by the host.',
  not: [
    'a bridge without running containers',
    'a second default route by a link that is up',
    'a link without a default route',
  ],
  references: ['man 8 ip-link'],
  needs: ['links', 'routes'],
  leadsTo: 'engine',
  hides: ['flow-blocked', 'macvlan-parent-unusable'],
  find: (view) =>
    view.engines.flatMap(({ netns }) => {
      const link = netns === undefined ? undefined : findDown(view, netns);
      if (netns === undefined || link === undefined) return [];
      return {
        subject: link.facts.ifname,
        title: `${link.facts.ifname}, the way out of this host, ${isUp(link) ? 'has no carrier' : 'is switched off'}`,
        why: 'Nobody outside is reached, by containers or by the host itself.',
        evidence: [
          {
            fact: `${link.facts.ifname} flags ${link.facts.flags.join(',')}, state ${link.facts.operstate}`,
            source: `ip link ${where(netns)}`,
            link: link.id,
          },
        ],
        remedies: [],
        affects: ['host'],
      };
    }),
};
