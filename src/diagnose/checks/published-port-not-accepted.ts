/** Packets for a published port are led to the container, but no rule accepts them there. */
import type { PortNode } from '../../graph/graph.ts';
import { listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import { dockerRulesOf, type ReadRule, rulesIn } from '../engine-rules.ts';
import type { Problem } from '../finding.ts';
import {
  type Attachment,
  type BridgeNetwork,
  type EngineView,
  gatewayMode,
  type HostView,
  where,
} from '../host-view.ts';
import { automatic, command, untilFlush } from '../remedies.ts';

interface Unaccepted {
  readonly port: PortNode;
  readonly attachment: Attachment;
  readonly bridge: string;
}

const isAccepted = (rules: readonly ReadRule[], address: string, { containerPort, proto }: PortNode['published']) =>
  rules.some(({ words }) => {
    if (words.target !== 'ACCEPT') return false;
    if (words.dst !== undefined && words.dst.value.replace(/\/32$/, '') !== address) return false;
    if (words.proto !== undefined && words.proto !== proto) return false;
    // Ranges and lists are not taken apart: they may contain the port.
    return words.dport === undefined || words.dport.value === String(containerPort) || /[:,]/.test(words.dport.value);
  });

function find(
  engine: EngineView,
  { network, attachments, ifname }: BridgeNetwork,
  rules: readonly ReadRule[],
): readonly Unaccepted[] {
  if (network.facts.internal || gatewayMode(network) !== 'nat') return [];
  return attachments.flatMap((attachment) => {
    const address = attachment.endpoint.ipv4;
    const ports = engine.ports.filter((port) => port.container === attachment.container.id);
    if (address === undefined || address === '') return [];
    return ports
      .filter((port) => port.dnatRules?.some((rule) => rule.includes(`${address}:`)) === true)
      .filter((port) => !isAccepted(rules, address, port.published))
      .map((port) => ({ port, attachment, bridge: ifname }));
  });
}

function judge(view: HostView, engine: EngineView): readonly Problem[] {
  const ruleset = engine.netns === undefined ? undefined : view.ruleset(engine.netns);
  if (engine.netns === undefined || ruleset === undefined) return [];
  const layouts = dockerRulesOf(ruleset);
  if (layouts.length === 0 || layouts.some(({ layout }) => layout === 'nftables' || layout === 'nat-only')) return [];
  const rules = rulesIn(ruleset, 'ip', 'filter', 'DOCKER');
  const lost = engine.bridges.flatMap((each) => find(engine, each, rules));
  if (lost.length === 0) return [];
  const tool = layouts.every(({ backend }) => backend === 'iptables-legacy') ? 'iptables-legacy' : 'iptables';
  const specs = lost.map(({ port, attachment, bridge }) => [
    'DOCKER',
    '-d',
    `${attachment.endpoint.ipv4}/32`,
    '!',
    '-i',
    bridge,
    '-o',
    bridge,
    '-p',
    port.published.proto,
    '--dport',
    String(port.published.containerPort),
    '-j',
    'ACCEPT',
  ]);
  const names = lost.map(
    ({ port, attachment }) => `${port.published.hostPort}/${port.published.proto} (${attachment.container.facts.name})`,
  );
  return [
    {
      subject: 'this host',
      title: `No rule accepts packets for published ${lost.length === 1 ? 'port' : 'ports'} ${listNames(names)}`,
      why: 'Packets from outside are led to the container and dropped before they get there; the host itself still reaches it through the userland proxy.',
      evidence: lost.slice(0, 5).map(({ port, attachment }) => ({
        fact: `no ACCEPT for ${attachment.endpoint.ipv4} port ${port.published.containerPort}/${port.published.proto}`,
        source: `iptables-save, table filter, chain DOCKER ${where(engine.netns)}`,
        container: port.container,
      })),
      remedies: [
        automatic({
          title: 'Accept them again',
          changes: 'Adds the rules the engine had written, at the top of chain DOCKER of table filter.',
          scope: 'host',
          commands: specs.map(([chain, ...spec]) => command(engine.netns, tool, '-w', '-I', chain!, '1', ...spec)),
          undo: specs.map((spec) => command(engine.netns, tool, '-w', '-D', ...spec)),
          persistence: untilFlush,
        }),
      ],
      affects: [...new Set(lost.map(({ port }) => port.container))],
    },
  ];
}

export const publishedPortNotAccepted: Check = {
  id: 'published-port-not-accepted',
  severity: 'error',
  about:
    'A published port needs two rules: one that leads packets to the container (table nat) and one that accepts them on their way (chain DOCKER of table ' +
    'filter). Where only the second was lost, clients from outside wait in vain, while the host reaches the port through the userland proxy.',
  not: [
    'gateway modes without a filter',
    'a rule that accepts more than this port',
    'internal networks',
    'the nftables backend',
  ],
  references: ['moby#12294', 'moby#16816'],
  needs: ['ruleset'],
  breaks: ['published'],
  leadsTo: 'rule',
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines
      .filter(({ engine }) => engine.kind === 'docker' && !engine.rootless && engine.iptables !== false)
      .flatMap((engine) => judge(view, engine)),
};
