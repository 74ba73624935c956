/** A network's subnet overlaps what the host reaches elsewhere: one of the two is not reached. */
import type { LinkNode } from '../../graph/graph.ts';
import type { Route } from '../../model/route.ts';
import { type IpPrefix, parsePrefix, prefixContains } from '../../std/ip-address.ts';
import { labelRoute } from '../../systems/labels.ts';
import { affectsNetwork, listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Problem, Severity } from '../finding.ts';
import { type BridgeNetwork, type EngineView, type HostView, where } from '../host-view.ts';
import { guided } from '../remedies.ts';

const overlaps = (a: IpPrefix, b: IpPrefix) => (a.length <= b.length ? prefixContains(a, b) : prefixContains(b, a));

/** Links whose routes to container subnets are meant: overlays that span hosts, the bridges themselves. */
function isMeant(route: Route, link: LinkNode | undefined, routes: readonly Route[]): boolean {
  if (labelRoute(route, routes) !== undefined || link?.kind === 'vxlan') return true;
  return /^(flannel|weave|cni|cali|tunl|docker|br-[0-9a-f]{12}$|cilium|podman|virbr|lxd)/.test(route.dev ?? '');
}

function judgeRoute(route: Route, subnet: IpPrefix, via: string | undefined): Severity | undefined {
  const prefix = parsePrefix(route.dst);
  if (prefix === undefined || prefix.family !== 4 || prefix.length <= 1 || !overlaps(prefix, subnet)) return undefined;
  if (via === undefined) return 'error';
  // A longer foreign prefix takes containers away; a shorter one loses a part of itself.
  return prefix.length >= subnet.length ? 'error' : 'warning';
}

interface Overlap {
  readonly each: BridgeNetwork;
  readonly subnet: IpPrefix;
  readonly text: string;
  readonly route: Route;
  readonly severity: Severity;
}

function findOverlaps(view: HostView, { netns }: EngineView, each: BridgeNetwork): readonly Overlap[] {
  const routes = netns?.facts.routes;
  if (routes === undefined || netns === undefined || each.bridge === undefined) return [];
  return each.network.facts.subnets.flatMap(({ subnet: text }) => {
    const subnet = parsePrefix(text);
    if (subnet?.family !== 4) return [];
    const found = routes.flatMap((route) => {
      if (route.type !== 'unicast' || route.dst === 'default' || route.dev === each.ifname || route.dev === undefined)
        return [];
      if (isMeant(route, view.linkNamed(netns.id, route.dev), routes)) return [];
      const severity = judgeRoute(route, subnet, route.gateway);
      return severity === undefined ? [] : [{ each, subnet, text, route, severity }];
    });
    return found.slice(0, 1);
  });
}

const lineOf = (route: Route) =>
  `${route.dst}${route.gateway === undefined ? '' : ` via ${route.gateway}`} dev ${route.dev}${route.table === 'main' ? '' : ` table ${route.table}`}`;

/** One route that overlaps several networks is one problem. */
function judge(view: HostView, engine: EngineView): readonly Problem[] {
  const groups = new Map<Route, Overlap[]>();
  for (const overlap of engine.bridges.flatMap((each) => findOverlaps(view, engine, each))) {
    groups.set(overlap.route, [...(groups.get(overlap.route) ?? []), overlap]);
  }
  return [...groups.values()].map((group) => tell(engine, group));
}

function tell({ netns, engine }: EngineView, group: readonly Overlap[]): Problem {
  const { route, each, subnet, text } = group[0]!;
  const names = listNames(group.map((one) => one.each.network.facts.name));
  const steals = parsePrefix(route.dst)!.length > subnet.length;
  return {
    subject: group.length === 1 ? each.network.facts.name : route.dst,
    severity: group.some((one) => one.severity === 'error') ? 'error' : 'warning',
    title: `${group.length === 1 ? `Network ${names} uses ${text}, which` : `Networks ${names} lie within ${route.dst}, which`} the host also reaches by ${route.dev}`,
    why: steals
      ? `Packets for ${route.dst} leave by ${route.dev} and never reach containers there.`
      : `Packets for ${listNames(group.map((one) => one.text))} stay on this host: whoever really lives in that part of ${route.dst} is not reached from here.`,
    evidence: [
      {
        fact: lineOf(route),
        source: `ip route show table all ${where(netns)}`,
        ...(netns === undefined ? {} : { netns: netns.id }),
      },
      ...group.map((one) => ({
        fact: `subnet ${one.text} on ${one.each.ifname}`,
        source: `${engine.kind} network inspect ${one.each.network.facts.name}`,
      })),
    ],
    remedies: [
      guided({
        title: `Make ${names} again with another subnet`,
        changes: 'The addresses of the containers change; the conflict is gone.',
        scope: 'network',
        risk: 'Containers on it are interrupted. Where the overlap cut your own connection, it comes back.',
        riskLevel: 'high',
        persistence: 'For good; "default-address-pools" in daemon.json keeps new networks out of the range.',
        steps: ['docker network rm and create with --subnet (compose: ipam), then start the containers'],
      }),
    ],
    affects: group.flatMap((one) => affectsNetwork(one.each)),
  };
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
  leadsTo: 'engine',
  hides: ['flow-blocked', 'container-subnet-routed-elsewhere'],
  find: (view) => view.engines.flatMap((engine) => (engine.engine.rootless ? [] : judge(view, engine))),
};
