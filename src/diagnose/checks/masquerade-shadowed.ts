/** An earlier rule takes a network's packets before they are given the host's address, or gives them one nobody answers for. */
import { parseAddress, parsePrefix, prefixContains } from '../../std/ip-address.ts';
import type { RuleRef, Trace } from '../../trace/trace.ts';
import { tracePacket } from '../../trace/trace-packet.ts';
import { affectsNetwork, namesOn } from '../affected.ts';
import type { Check } from '../check.ts';
import { placeOf, toolOf } from '../deciding-step.ts';
import type { Problem } from '../finding.ts';
import { type Flow, traceFlows } from '../flows.ts';
import { type BridgeNetwork, type EngineView, gatewayMode, type HostView, where } from '../host-view.ts';
import { automatic, command, guided, untilFlush } from '../remedies.ts';

/** The source the packet leaves the host with; undefined: it does not certainly leave. */
function sourceOutside({ request, parted }: Trace): string | undefined {
  return request.outcome === 'delivered' && parted === undefined
    ? request.hops.at(-1)?.steps.at(-1)?.packet.src
    : undefined;
}

const isOwn = (view: HostView, address: string): boolean =>
  (view.home?.links ?? []).some((id) => view.link(id)?.addresses.some(({ local }) => local === address) === true) ||
  (view.home?.facts.routes ?? []).some(({ dst, type }) => type === 'local' && inPrefix(address, dst));

function inPrefix(address: string, prefix: string): boolean {
  const [one, net] = [parseAddress(address), parsePrefix(prefix.includes('/') ? prefix : `${prefix}/32`)];
  return one !== undefined && net !== undefined && prefixContains(net, one);
}

/** Neighbours of that address are asked for it by ARP, and nobody answers: without a route here it is nobody's. */
const isOnLink = (view: HostView, address: string): boolean =>
  (view.home?.links ?? []).some((id) =>
    view.link(id)?.addresses.some(({ local, prefixlen }) => inPrefix(address, `${local}/${prefixlen}`)),
  );

const deciding = /-j (ACCEPT|RETURN|SNAT|NETMAP)\b|\b(accept|return|snat)\b/;

/** The last rule of POSTROUTING that ended the way to the masquerading one. */
function takerOf({ home }: HostView, { request }: Trace): RuleRef | undefined {
  return request.hops
    .filter(({ netns, at }) => netns === home?.id && at.endsWith('POSTROUTING'))
    .flatMap(({ steps }) => steps)
    .map(({ evidence }) => evidence.rule)
    .findLast((rule) => rule !== undefined && rule.index > 0 && deciding.test(rule.rule));
}

/** Proof: without that rule the packet has an address of this host. */
function isToBlame(view: HostView, flow: Flow, rule: RuleRef): boolean {
  const { from, to } = flow.trace;
  const trace = tracePacket(view.graph, { from, to, without: [`${rule.table}/${rule.chain}/${rule.index}`] });
  const source = 'error' in trace ? undefined : sourceOutside(trace);
  return source !== undefined && isOwn(view, source);
}

function remediesFor(view: HostView, rule: RuleRef, subnet: string, ifname: string) {
  const remove = guided({
    title: `Delete or narrow ${placeOf(rule)}`,
    changes: `${rule.rule} no longer comes before the engine's rule.`,
    scope: 'host',
    risk: 'Whatever else it is for ends as well.',
    riskLevel: 'medium',
    persistence: untilFlush,
    steps: ['Find who writes it; where some destinations must keep private sources, name them in the rule (-d).'],
  });
  if (rule.backend === 'nft') return [remove];
  const spec = ['-s', subnet, '!', '-o', ifname, '-j', 'MASQUERADE'];
  const position = rule.chain === 'POSTROUTING' ? rule.index : 1;
  const tool = toolOf(rule);
  return [
    automatic({
      title: `Hide ${subnet} behind the host before ${placeOf(rule)}`,
      changes: `Inserts the engine's rule once more at position ${position} of POSTROUTING; connections that are already tracked keep failing until they end.`,
      scope: 'network',
      risk: 'Destinations that are to see the private addresses see the host’s, unless an earlier rule names them.',
      commands: [command(view.home, tool, '-w', '-t', 'nat', '-I', 'POSTROUTING', String(position), ...spec)],
      undo: [command(view.home, tool, '-w', '-t', 'nat', '-D', 'POSTROUTING', ...spec)],
      persistence: untilFlush,
    }),
    remove,
  ];
}

function judge(view: HostView, { engine }: EngineView, each: BridgeNetwork): readonly Problem[] {
  const { network, ifname, attachments } = each;
  if (engine.iptables === false || gatewayMode(network) !== 'nat') return [];
  const inside = new Set(attachments.map(({ container }) => container));
  for (const flow of traceFlows(view).flows) {
    const sent = flow.trace.request.hops[0]?.steps[0]?.packet;
    if (flow.kind !== 'out' || sent?.family !== 4 || !inside.has(flow.container)) continue;
    const subnet = network.facts.subnets.map((one) => one.subnet).find((one) => inPrefix(sent.src, one));
    const source = sourceOutside(flow.trace);
    if (subnet === undefined || source === undefined || isOwn(view, source)) continue;
    const rule = takerOf(view, flow.trace);
    if (rule === undefined || !isToBlame(view, flow, rule)) continue;
    const kept = source === sent.src;
    const certain = kept || isOnLink(view, source);
    return [
      {
        subject: network.facts.name,
        severity: certain ? 'error' : 'info',
        title: kept
          ? `${placeOf(rule).replace(/^t/, 'T')} lets packets of network ${network.facts.name} leave with their private addresses`
          : `${placeOf(rule).replace(/^t/, 'T')} gives packets of network ${network.facts.name} the address ${source}, which this host does not have`,
        why: certain
          ? `The rule that hides ${subnet} behind the host is not reached: what ${namesOn(each)} send goes out, and no answer finds its way back.`
          : `Answers come back only where somebody routes ${source} to this host.`,
        evidence: [
          {
            fact: rule.rule,
            source: `${rule.backend}, table ${rule.table}, chain ${rule.chain} ${where(view.home)}`,
            ...(view.home === undefined ? {} : { netns: view.home.id }),
          },
          { fact: `${flow.text}: leaves with source ${source}`, source: `trace ${where(view.home)}` },
        ],
        remedies: remediesFor(view, rule, subnet, ifname),
        affects: affectsNetwork(each),
      },
    ];
  }
  return [];
}

export const masqueradeShadowed: Check = {
  id: 'masquerade-shadowed',
  severity: 'error',
  about:
    'The first rule of table nat that accepts, returns or translates a connection decides. A rule before the engine’s MASQUERADE that takes all of a network’s ' +
    'packets lets them leave with their private addresses, or with an address that is not the host’s: no answer comes back, though the engine’s rule is there.',
  not: [
    'exceptions for some destinations (a VPN, another site)',
    'SNAT to another address of this host',
    'masquerading switched off for the network',
    'SNAT to an address outside the host’s own networks, which somebody may route here: told as a remark',
  ],
  references: ['man 8 iptables-extensions (MASQUERADE, SNAT)', 'linux nf_nat_inet_fn'],
  needs: ['ruleset', 'links', 'addresses', 'routes', 'policyRules', 'sysctls', 'neighbours'],
  breaksAnswers: true,
  leadsTo: 'engine',
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines.flatMap((engine) =>
      engine.engine.rootless ? [] : engine.bridges.flatMap((each) => judge(view, engine, each)),
    ),
};
