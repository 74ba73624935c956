/** The router that this host sends everything to does not answer when asked for its MAC address. */
import type { NetnsNode } from '../../graph/graph.ts';
import type { Route } from '../../model/route.ts';
import { listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import { type HostView, isUp, where } from '../host-view.ts';
import { guided, untilReboot } from '../remedies.ts';

/** Of the ways that lead everywhere the one that is taken, in each table that is asked. */
function waysOut({ facts }: NetnsNode): readonly Route[] {
  const asked = new Set((facts.policyRules ?? []).map(({ table }) => table ?? ''));
  const ways = new Map<string, Route>();
  for (const route of [...(facts.routes ?? []), ...(facts.routes6 ?? [])]) {
    if (route.dst !== 'default' || route.type !== 'unicast' || !asked.has(route.table)) continue;
    if (route.gateway === undefined || route.dev === undefined) continue;
    const key = `${route.table} ${route.gateway.includes(':')}`;
    const known = ways.get(key);
    if (known === undefined || (route.metric ?? 0) < (known.metric ?? 0)) ways.set(key, route);
  }
  return [...ways.values()];
}

const isUnanswered = (state: readonly string[]) => state.includes('FAILED') || state.includes('INCOMPLETE');

function unanswered(view: HostView, netns: NetnsNode) {
  return waysOut(netns).flatMap((route) => {
    const link = view.linkNamed(netns.id, route.dev!);
    const entry = netns.facts.neighbours?.find(({ dst, dev }) => dst === route.gateway && dev === route.dev);
    return entry !== undefined && isUnanswered(entry.state) && link !== undefined && isUp(link)
      ? [{ route, entry, link }]
      : [];
  });
}

export const hostGatewayUnanswered: Check = {
  id: 'host-gateway-unanswered',
  severity: 'error',
  about:
    'Whatever is not for a network of this host goes to a router, whose MAC address the kernel asks for. When nobody answers, the route names an address ' +
    'nobody has, the router is off, or the wire to it is cut: containers and host reach nobody beyond.',
  not: [
    'a way out that is not taken, behind a better one',
    'a router that has answered',
    'an uplink that is switched off: another check says so',
  ],
  references: ['man 8 ip-route', 'man 7 arp'],
  needs: ['links', 'routes', 'policyRules', 'neighbours'],
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges }) => {
      const outward = bridges.filter(({ network }) => !network.facts.internal);
      return (netns === undefined ? [] : unanswered(view, netns)).map(({ route, entry, link }) => {
        const { ifname } = link.facts;
        const table = route.table === 'main' ? '' : ` of table ${route.table}`;
        return {
          subject: route.gateway!,
          title: `Nobody answers for ${route.gateway}, the gateway${table} of this host on ${ifname}`,
          why: `${listNames(outward.filter(({ attachments }) => attachments.length > 0).map(({ network }) => network.facts.name))} and whatever else takes this way reach nobody beyond ${ifname}.`,
          evidence: [
            {
              fact: `${entry.dst} dev ${entry.dev} ${entry.state.join(',')}`,
              source: `ip neigh ${where(netns)}`,
              link: link.id,
            },
            {
              fact: `default via ${route.gateway} dev ${ifname} table ${route.table}`,
              source: `ip route show table ${route.table} ${where(netns)}`,
              ...(netns === undefined ? {} : { netns: netns.id }),
            },
          ],
          remedies: [
            guided({
              title: 'Lead the default route to a router that is there',
              changes: `Replaces the gateway ${route.gateway}.`,
              scope: 'host',
              risk: 'A wrong gateway cuts off whoever works over this host’s uplink.',
              riskLevel: 'high',
              cutsConnection: true,
              persistence: `${untilReboot} To keep it: the file of whatever configures ${ifname}.`,
              steps: [
                `ip route replace default via ROUTER dev ${ifname}${route.table === 'main' ? '' : ` table ${route.table}`}`,
                `where the address is right: look at the router, its switch port and its VLAN`,
              ],
            }),
          ],
          affects: outward.flatMap(({ network, attachments }) => [
            network.id,
            ...attachments.map(({ container }) => container.id),
          ]),
        };
      });
    }),
};
