/** Two hosts route to each other's containers, but one of them has no route back. */

import type { NetnsNode } from '../../graph/graph.ts';
import type { Route } from '../../model/route.ts';
import { prefixContains } from '../../std/ip-address.ts';
import { buildWorld } from '../../trace/build-world.ts';
import { isLocalAddress } from '../../trace/routing/lookup-route.ts';
import type { Check } from '../check.ts';
import { type HostSubnet, otherHosts, overlaps, routesOnward, subnetsOf } from '../host-subnets.ts';
import type { HostView } from '../host-view.ts';
import { automatic, command, untilReboot } from '../remedies.ts';

/** The other host's route to containers here, by an address of this host. */
const routeToUs = (view: HostView, home: NetnsNode, other: NetnsNode): Route | undefined => {
  const world = buildWorld(view.graph);
  const own = subnetsOf(view, home);
  return routesOnward(other).find(
    (route) =>
      route.gateway !== undefined &&
      isLocalAddress(world.view(home.id), route.gateway) &&
      own.some((subnet) => prefixContains(route.prefix, subnet.prefix)),
  );
};

const knowsWay = (home: NetnsNode, subnet: HostSubnet): boolean =>
  routesOnward(home).some((route) => overlaps(route.prefix, subnet.prefix));

/** By which of its addresses this host could reach the other: the source its own route takes is on one network with it. */
const addressOf = (view: HostView, home: NetnsNode, other: NetnsNode): string | undefined => {
  const world = buildWorld(view.graph);
  const neighbours = (home.facts.neighbours ?? []).map((entry) => entry.dst);
  const gateways = routesOnward(home).flatMap((route) => route.gateway ?? []);
  return [...gateways, ...neighbours].find((address) => isLocalAddress(world.view(other.id), address));
};

export const hostRouteMissing: Check = {
  id: 'host-route-missing',
  severity: 'error',
  about:
    'Without an overlay each host needs a route to the containers of every other host, by hand (static routes), by flannel (host-gw) or by BGP (Calico). One missing ' +
    'route cuts both ways: packets get there and answers do not come back.',
  not: [
    'hosts that have nothing to do with each other: neither has a route to the other’s containers',
    'a host whose containers nobody elsewhere is to reach',
    'a larger route that covers the subnet',
    'the default route, which leads to routers that may know the way: then the route of the other host alone shows what is meant',
  ],
  references: ['flannel-io/flannel: backends, host-gw', 'flannel-io/flannel#1155', 'man 8 ip-route'],
  needs: ['routes', 'addresses', 'links'],
  hides: ['hosts-flow-blocked'],
  find: (view) => {
    const { home } = view;
    if (home === undefined) return [];
    return otherHosts(view).flatMap((other) => {
      const theirs = routeToUs(view, home, other);
      if (theirs === undefined) return [];
      return subnetsOf(view, other)
        .filter((subnet) => !knowsWay(home, subnet))
        .filter((subnet) => !subnetsOf(view, home).some((own) => overlaps(own.prefix, subnet.prefix)))
        .map((subnet) => {
          const via = addressOf(view, home, other);
          const route = (verb: string) => command(home, 'ip', 'route', verb, subnet.text, 'via', via ?? '');
          return {
            subject: `${view.id}/${subnet.text}`,
            title: `${view.id} has no route to ${subnet.text}, the containers of ${other.name}`,
            why: `${other.name} sends packets for containers of ${view.id} here, but their answers take the default route or none: neither side reaches the other.`,
            evidence: [
              { fact: `no route to ${subnet.text} but the default`, source: `ip route (${home.name})`, netns: home.id },
              {
                fact: `${theirs.dst} via ${theirs.gateway} dev ${theirs.dev} proto ${theirs.protocol}`,
                source: `ip route (${other.name})`,
                netns: other.id,
              },
            ],
            remedies:
              via === undefined
                ? []
                : [
                    automatic({
                      title: 'Add the route',
                      changes: `Packets for ${subnet.text} go to ${via}.`,
                      scope: 'host',
                      commands: [route('add')],
                      undo: [route('del')],
                      persistence: `${untilReboot} For good: in the settings of the network, or by whatever program keeps these routes (flanneld, BIRD).`,
                    }),
                  ],
            affects: [home.id, other.id],
          };
        });
    });
  },
};
