/** The link the host's default route leaves by is down. */
import type { Check } from '../check.ts';
import { isUp, where } from '../host-view.ts';

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
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines.flatMap(({ netns }) => {
      const routes = (netns?.facts.routes ?? []).filter(
        (route) =>
          route.dst === 'default' && route.table === 'main' && route.dev !== undefined && route.type === 'unicast',
      );
      const links = routes.flatMap((route) =>
        netns === undefined ? [] : (view.linkNamed(netns.id, route.dev!) ?? []),
      );
      if (
        netns === undefined ||
        links.length === 0 ||
        links.some((link) => isUp(link) && link.state !== 'no-carrier' && link.state !== 'down')
      )
        return [];
      const link = links[0]!;
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
