/** The host sends packets for a container somewhere else than to its bridge. */
import { buildWorld } from '../../trace/build-world.ts';
import { formatPolicyRule, formatRoute } from '../../trace/routing/format-route.ts';
import { lookupRoute } from '../../trace/routing/lookup-route.ts';
import type { RouteAnswer } from '../../trace/routing/route-key.ts';
import { affectsNetwork, namesOn } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Problem } from '../finding.ts';
import { type BridgeNetwork, type EngineView, type HostView, isUp, where } from '../host-view.ts';
import { guided, untilReboot } from '../remedies.ts';

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

function judge(view: HostView, { netns }: EngineView, each: BridgeNetwork): readonly Problem[] {
  const { bridge, attachments, network } = each;
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
  const subnet = network.facts.subnets[0]?.subnet ?? address;
  return [
    {
      subject: network.facts.name,
      title:
        to.dev === undefined
          ? `This host has no way to network ${network.facts.name}`
          : `This host sends packets for network ${network.facts.name} out of ${to.dev}`,
      why: `${namesOn(each)} are behind ${bridge.facts.ifname}, but the route for ${address} is: ${to.text}. The host and published ports do not reach them, and answers to them go astray.`,
      evidence: [
        { fact: to.text, source: `ip rule, ip route show table all ${where(netns)}`, netns: netns.id },
        { fact: `${subnet} is on ${bridge.facts.ifname}`, source: 'docker network inspect', link: bridge.id },
      ],
      remedies: [
        guided({
          title: `Look up ${subnet} in table main first`,
          changes: `A policy rule before the others leads packets for ${subnet} to the connected route.`,
          scope: 'host',
          risk: 'Where the other route is meant for your own connection, it is cut.',
          riskLevel: 'medium',
          cutsConnection: true,
          persistence: untilReboot,
          commands:
            answer.kind === 'found' && answer.route.facts.table === 'main'
              ? []
              : [{ argv: ['ip', 'rule', 'add', 'to', subnet, 'lookup', 'main', 'priority', '100'] }],
          undo:
            answer.kind === 'found' && answer.route.facts.table === 'main'
              ? []
              : [{ argv: ['ip', 'rule', 'del', 'to', subnet, 'lookup', 'main', 'priority', '100'] }],
        }),
      ],
      affects: affectsNetwork(each),
    },
  ];
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
  hides: ['flow-blocked', 'neighbour-unanswered'],
  find: (view) =>
    view.engines.flatMap((engine) =>
      engine.engine.rootless ? [] : engine.bridges.flatMap((each) => judge(view, engine, each)),
    ),
};
