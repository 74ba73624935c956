/** A network's subnet overlaps what the host reaches elsewhere: one of the two is not reached. */
import type { LinkNode } from '../../graph/graph.ts';
import type { Route } from '../../model/route.ts';
import { type IpPrefix, parsePrefix, prefixContains } from '../../std/ip-address.ts';
import { labelRoute } from '../../systems/labels.ts';
import { affectsNetwork } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Problem, Severity } from '../finding.ts';
import { type BridgeNetwork, type EngineView, type HostView, where } from '../host-view.ts';
import { guided } from '../remedies.ts';

const overlaps = (a: IpPrefix, b: IpPrefix) => (a.length <= b.length ? prefixContains(a, b) : prefixContains(b, a));

/** Links whose routes to container subnets are meant: overlays that span hosts, the bridges themselves. */
function isMeant(route: Route, link: LinkNode | undefined, routes: readonly Route[]): boolean {
  if (labelRoute(route, routes) !== undefined) return true;
  return (
    link?.kind === 'bridge' ||
    link?.kind === 'veth' ||
    link?.kind === 'vxlan' ||
    /^(flannel|weave|cni|cali|tunl|docker|br-|cilium|podman|virbr|lxd)/.test(route.dev ?? '')
  );
}

function judgeRoute(route: Route, subnet: IpPrefix, via: string | undefined): Severity | undefined {
  const prefix = parsePrefix(route.dst);
  if (prefix === undefined || prefix.family !== 4 || prefix.length <= 1 || !overlaps(prefix, subnet)) return undefined;
  if (via === undefined) return 'error';
  // A longer foreign prefix takes containers away; a shorter one loses a part of itself.
  return prefix.length >= subnet.length ? 'error' : 'warning';
}

function judge(view: HostView, { netns, engine }: EngineView, each: BridgeNetwork): readonly Problem[] {
  const routes = netns?.facts.routes;
  if (routes === undefined || netns === undefined || each.bridge === undefined) return [];
  return each.network.facts.subnets.flatMap(({ subnet }) => {
    const prefix = parsePrefix(subnet);
    if (prefix?.family !== 4) return [];
    return routes
      .flatMap((route) => {
        if (route.type !== 'unicast' || route.dst === 'default' || route.dev === each.ifname || route.dev === undefined)
          return [];
        const link = view.linkNamed(netns.id, route.dev);
        if (isMeant(route, link, routes)) return [];
        const severity = judgeRoute(route, prefix, route.gateway);
        if (severity === undefined) return [];
        const line = `${route.dst}${route.gateway === undefined ? '' : ` via ${route.gateway}`} dev ${route.dev}${route.table === 'main' ? '' : ` table ${route.table}`}`;
        return {
          subject: each.network.facts.name,
          severity,
          title: `Network ${each.network.facts.name} uses ${subnet}, which the host also reaches by ${route.dev}`,
          why:
            parsePrefix(route.dst)!.length > prefix.length
              ? `Packets for ${route.dst} leave by ${route.dev} and never reach containers there.`
              : `Packets for ${subnet} stay on ${each.ifname}: whoever really lives in that part of ${route.dst} is not reached from this host.`,
          evidence: [
            { fact: line, source: `ip route show table all ${where(netns)}`, netns: netns.id },
            {
              fact: `subnet ${subnet} on ${each.ifname}`,
              source: `${engine.kind} network inspect ${each.network.facts.name}`,
              link: each.bridge!.id,
            },
          ],
          remedies: [
            guided({
              title: `Make network ${each.network.facts.name} again with another subnet`,
              changes: 'The addresses of its containers change; the conflict is gone.',
              scope: 'network',
              risk: 'Containers on it are interrupted. Where the overlap cut your own connection, it comes back.',
              riskLevel: 'high',
              persistence: 'For good; "default-address-pools" in daemon.json keeps new networks out of the range.',
              steps: ['docker network rm and create with --subnet (compose: ipam), then start the containers'],
            }),
          ],
          affects: affectsNetwork(each),
        };
      })
      .slice(0, 1);
  });
}

export const subnetOverlapsRoute: Check = {
  id: 'subnet-overlaps-route',
  severity: 'warning',
  about:
    'A network whose subnet is also used behind another link makes one of the two unreachable from this host: the longer prefix wins. Engines avoid ' +
    'only what is directly connected when they choose a subnet; a VPN may come later.',
  not: [
    'the default route, also in halves (0/1 and 128/1)',
    'overlays that span hosts, whose range contains the bridge’s subnet on purpose',
    'networks without a bridge in this netns',
    'a blackhole for the whole range',
  ],
  references: ['moby#37823', 'moby#46615', 'libnetwork#2001'],
  needs: ['routes', 'links'],
  hides: ['flow-blocked', 'container-subnet-routed-elsewhere'],
  find: (view) =>
    view.engines.flatMap((engine) =>
      engine.engine.rootless ? [] : engine.bridges.flatMap((each) => judge(view, engine, each)),
    ),
};
