/** A network's containers keep their private addresses when they leave the host. */
import { parsePrefix, prefixContains } from '../../std/ip-address.ts';
import { affectsNetwork, namesOn } from '../affected.ts';
import type { Check } from '../check.ts';
import { allRules, dockerRulesOf, type ReadRule } from '../engine-rules.ts';
import type { Problem } from '../finding.ts';
import { type BridgeNetwork, type EngineView, gatewayMode, type HostView, optionOf, where } from '../host-view.ts';
import { automatic, command, restartEngine, untilFlush } from '../remedies.ts';

/** Could this rule give packets from the subnet another source? Anything that is not clearly about others counts. */
function covers({ words, rule }: ReadRule, subnet: string, ifname: string): boolean {
  if (words.target !== 'MASQUERADE' && words.target !== 'SNAT') return false;
  if (/fib saddr type local|--src-type LOCAL/.test(rule.text)) return false;
  if (words.out !== undefined && !words.out.not && words.out.value === ifname) return false;
  if (words.src === undefined || words.src.not) return true;
  const source = parsePrefix(words.src.value);
  const net = parsePrefix(subnet);
  // Sets and names are not looked into: they may cover it.
  if (source === undefined || net === undefined) return true;
  return source.length <= net.length && prefixContains(source, net);
}

function judge(view: HostView, { engine, netns }: EngineView, each: BridgeNetwork): readonly Problem[] {
  const { network, bridge, ifname, attachments } = each;
  const ruleset = netns === undefined ? undefined : view.ruleset(netns);
  if (ruleset === undefined || netns === undefined || bridge === undefined || attachments.length === 0) return [];
  if (network.facts.internal || !network.facts.enableIpv4 || gatewayMode(network) !== 'nat') return [];
  if (
    optionOf(network, 'com.docker.network.bridge.enable_ip_masquerade') === 'false' ||
    network.facts.name === 'docker_gwbridge'
  )
    return [];
  const snat = allRules(ruleset, (table) => table.family === 'ip' || table.family === 'inet');
  return network.facts.subnets
    .map(({ subnet }) => subnet)
    .filter((subnet) => parsePrefix(subnet)?.family === 4 && !snat.some((rule) => covers(rule, subnet, ifname)))
    .map((subnet) => {
      const spec = ['POSTROUTING', '-s', subnet, '!', '-o', ifname, '-j', 'MASQUERADE'];
      return {
        subject: network.facts.name,
        title: `Packets of network ${network.facts.name} leave the host with their private addresses`,
        why: `No rule hides ${subnet} behind the host: what ${namesOn(each)} send goes out, and no answer finds its way back.`,
        evidence: [
          {
            fact: `no MASQUERADE or SNAT for ${subnet}`,
            source: `iptables-save, table nat ${where(netns)}`,
            netns: netns.id,
          },
          { fact: `network ${network.facts.name} has masquerading on`, source: `${engine.kind} network inspect` },
        ],
        remedies: dockerRulesOf(ruleset).some((rules) => rules.layout === 'nftables')
          ? [restartEngine(engine.liveRestore)]
          : [
              automatic({
                title: `Hide ${subnet} behind the host`,
                changes:
                  'Adds the rule the engine had written; connections that are already tracked keep failing until they end.',
                scope: 'network',
                commands: [command(netns, legacyOrNot(engine, ruleset), '-w', '-t', 'nat', '-A', ...spec)],
                undo: [command(netns, legacyOrNot(engine, ruleset), '-w', '-t', 'nat', '-D', ...spec)],
                persistence: untilFlush,
              }),
            ],
        affects: affectsNetwork(each),
      };
    });
}

/** The tool that writes where Docker's rules are. */
function legacyOrNot(_engine: EngineView['engine'], ruleset: Parameters<typeof dockerRulesOf>[0]): string {
  const backends = dockerRulesOf(ruleset).map((rules) => rules.backend);
  return backends.includes('iptables-legacy') && !backends.includes('iptables-nft') ? 'iptables-legacy' : 'iptables';
}

export const masqueradeMissing: Check = {
  id: 'masquerade-missing',
  severity: 'error',
  about:
    'Private addresses of containers mean nothing outside the host, so packets that leave get the host’s address (MASQUERADE). Without that rule ' +
    'they leave as they are and no answer comes back: no Internet, no name resolution, while the host and neighbours are reached.',
  not: [
    'masquerading switched off for the network',
    'gateway mode routed',
    'a broader rule of the operator’s own',
    'SNAT to a fixed address',
    'internal networks',
    'the nftables backend',
  ],
  references: ['for-linux#690', 'moby#12294', 'man 8 iptables-extensions (MASQUERADE)'],
  needs: ['ruleset', 'links'],
  breaksAnswers: true,
  leadsTo: 'engine',
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines.flatMap((engine) =>
      engine.engine.iptables === false || engine.engine.rootless
        ? []
        : engine.bridges.flatMap((each) => judge(view, engine, each)),
    ),
};
