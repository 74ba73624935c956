/** The host sends packets for a container somewhere else than to its bridge. */

import type { LinkNode } from '../../graph/graph.ts';
import { buildWorld } from '../../trace/build-world.ts';
import { formatPolicyRule, formatRoute } from '../../trace/routing/format-route.ts';
import { lookupRoute } from '../../trace/routing/lookup-route.ts';
import type { RouteAnswer } from '../../trace/routing/route-key.ts';
import { affectsNetwork, listNames, namesOn } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Problem } from '../finding.ts';
import { type BridgeNetwork, type EngineView, type HostView, isUp, where } from '../host-view.ts';
import { automatic, command, type Draft, guided, untilReboot } from '../remedies.ts';

function whereTo(answer: RouteAnswer): { readonly dev?: string; readonly text: string } | undefined {
  if (answer.kind === 'found') {
    const dev = answer.hops[0]?.dev;
    return {
      ...(dev === undefined ? {} : { dev }),
      text: `${formatRoute(answer.route.facts)}, by policy rule ${formatPolicyRule(answer.rule)}`,
    };
  }
  if (answer.kind === 'refused')
    return { text: answer.route === undefined ? formatPolicyRule(answer.rule) : formatRoute(answer.route.facts) };
  return answer.kind === 'none' ? { text: 'no route' } : undefined;
}

interface Astray {
  readonly each: BridgeNetwork;
  readonly bridge: LinkNode;
  readonly address: string;
  readonly answer: RouteAnswer;
  readonly dev?: string;
  readonly text: string;
}

function findAstray(view: HostView, { netns }: EngineView, each: BridgeNetwork): readonly Astray[] {
  const { bridge, attachments } = each;
  const address = attachments.find(({ endpoint }) => (endpoint.ipv4 ?? '') !== '')?.endpoint.ipv4;
  if (bridge === undefined || netns === undefined || address === undefined || !isUp(bridge)) return [];
  const answer = lookupRoute(buildWorld(view.graph).view(netns.id), {
    family: 4,
    dst: address,
    iif: 'lo',
    mark: 0,
    tos: 0,
  });
  const to = whereTo(answer);
  if (to === undefined || to.dev === bridge.facts.ifname || (answer.kind === 'found' && answer.type === 'local'))
    return [];
  return [{ each, bridge, address, answer, ...to }];
}

/** The networks that one route or policy rule leads astray are one problem. */
function judge(view: HostView, engine: EngineView): readonly Problem[] {
  const groups = new Map<string, Astray[]>();
  for (const astray of engine.bridges.flatMap((each) => findAstray(view, engine, each))) {
    groups.set(astray.text, [...(groups.get(astray.text) ?? []), astray]);
  }
  return [...groups.values()].map((group) => tell(engine, group));
}

/** The kernel's own route to a bridge's subnet is gone, and nothing else stands in its place. */
const connectedRoutes = (netns: EngineView['netns'], group: readonly Astray[]): readonly Draft[] => {
  const commands = group.flatMap(({ each, bridge }) => {
    const subnet = each.network.facts.subnets.find((one) => !one.subnet.includes(':'))?.subnet;
    const own = bridge.addresses.find(({ family, scope }) => family === 'inet' && scope === 'global')?.local;
    const routes = netns?.facts.routes ?? [];
    if (
      subnet === undefined ||
      own === undefined ||
      routes.some((route) => route.dst === subnet && route.dev === bridge.facts.ifname && route.table === 'main')
    )
      return [];
    return [[subnet, 'dev', bridge.facts.ifname, 'proto', 'kernel', 'scope', 'link', 'src', own]];
  });
  if (commands.length !== group.length) return [];
  return [
    automatic({
      title: 'Give the host its routes to these networks back',
      changes: `Adds the connected route${commands.length === 1 ? '' : 's'} that ${commands.length === 1 ? 'is' : 'are'} gone: ${commands.map(([subnet]) => subnet).join(', ')}.`,
      scope: 'network',
      commands: commands.map((words) => command(netns, 'ip', 'route', 'add', ...words)),
      undo: commands.map((words) => command(netns, 'ip', 'route', 'del', ...words)),
      persistence: `${untilReboot} The kernel adds such a route whenever the address is added or the bridge comes up.`,
    }),
  ];
};

function tell({ netns }: EngineView, group: readonly Astray[]): Problem {
  const first = group[0]!;
  const names = listNames(group.map(({ each }) => each.network.facts.name));
  const subnets = group.map(({ each, address }) => each.network.facts.subnets[0]?.subnet ?? address);
  const inMain = first.answer.kind === 'found' && first.answer.route.facts.table === 'main';
  return {
    subject: group.length === 1 ? first.each.network.facts.name : 'this host',
    title:
      first.dev === undefined
        ? `This host has no way to ${names}`
        : `This host sends packets for ${names} out of ${first.dev}`,
    why: `${listNames(group.map(({ each }) => namesOn(each)))} are behind ${first.bridge.facts.ifname}, but for ${first.address} this decides: ${first.text}. The host and published ports do not reach them, and answers to them go astray.`,
    evidence: [
      {
        fact: first.text,
        source: `ip rule, ip route show table all ${where(netns)}`,
        ...(netns === undefined ? {} : { netns: netns.id }),
      },
      ...group.map(({ bridge }, index) => ({
        fact: `${subnets[index]} is on ${bridge.facts.ifname}`,
        source: 'network inspect',
        link: bridge.id,
      })),
    ],
    remedies: [
      ...connectedRoutes(netns, group),
      guided({
        title: 'Look up these subnets in table main first',
        changes: `A policy rule before the others leads packets for ${listNames(subnets)} to the connected routes.`,
        scope: 'host',
        risk: 'Where the other route is meant for your own connection, it is cut.',
        riskLevel: 'medium',
        cutsConnection: true,
        persistence: untilReboot,
        commands: inMain
          ? []
          : subnets.map((subnet) => ({
              argv: ['ip', 'rule', 'add', 'to', subnet, 'lookup', 'main', 'priority', '100'],
            })),
        undo: inMain
          ? []
          : subnets.map((subnet) => ({
              argv: ['ip', 'rule', 'del', 'to', subnet, 'lookup', 'main', 'priority', '100'],
            })),
        steps: inMain ? [`delete or narrow the route: ${first.text}`] : [],
      }),
    ],
    affects: group.flatMap(({ each }) => affectsNetwork(each)),
  };
}

export const containerSubnetRoutedElsewhere: Check = {
  id: 'container-subnet-routed-elsewhere',
  severity: 'error',
  about:
    'The host must send packets for a container to its bridge. A policy rule of a VPN that looks up another table first, a longer prefix, a blackhole, or ' +
    'the loss of the connected route sends them elsewhere: published ports, the host’s own connections and all answers to containers fail.',
  not: [
    'rules with suppress_prefixlength, which leave connected routes alone',
    'a network nobody runs on',
    'routes that could not be read',
  ],
  references: ['tailscale#13367', 'man 8 ip-rule'],
  needs: ['links', 'routes', 'policyRules'],
  leadsTo: 'engine',
  hides: ['flow-blocked', 'neighbour-unanswered'],
  find: (view) => view.engines.flatMap((engine) => (engine.engine.rootless ? [] : judge(view, engine))),
};
