/** A published port has no rule that leads it to its container. */

import type { PortNode } from '../../graph/graph.ts';
import type { Ruleset } from '../../model/ruleset.ts';
import type { Check } from '../check.ts';
import { dockerRulesOf } from '../engine-rules.ts';
import type { Problem } from '../finding.ts';
import { type BridgeNetwork, type EngineView, gatewayMode, type HostView, where } from '../host-view.ts';
import { automatic, command, type Draft, restartEngine, untilFlush } from '../remedies.ts';
import { proxyIsOff } from './hairpin-off.ts';

/** Does the engine make a DNAT rule for this port at all? */
const wantsRule = (engine: EngineView, port: PortNode): boolean => homesOf(engine, port).length > 0;

const endpointOn = ({ attachments }: BridgeNetwork, port: PortNode) =>
  attachments.find(({ container, endpoint }) => container.id === port.container && (endpoint.ipv4 ?? '') !== '')
    ?.endpoint;

/** Networks the rule may lead to. */
function homesOf({ bridges }: EngineView, port: PortNode): readonly BridgeNetwork[] {
  if (port.published.hostIp.includes(':') || port.published.hostPort === 0) return [];
  return bridges.filter(
    (each) =>
      endpointOn(each, port) !== undefined &&
      !each.network.facts.internal &&
      each.network.facts.driver === 'bridge' &&
      ['nat', 'nat-unprotected'].includes(gatewayMode(each.network)),
  );
}

/** The engine's own rule in its own words, so that the engine takes it away with the container. Of several networks only the engine knows which it chose. */
function writeRule(view: HostView, engine: EngineView, ruleset: Ruleset, port: PortNode): readonly Draft[] {
  const [home, another] = homesOf(engine, port);
  const [rules, others] = dockerRulesOf(ruleset);
  const endpoint = home === undefined ? undefined : endpointOn(home, port);
  if (home === undefined || another !== undefined || endpoint === undefined || others !== undefined) return [];
  if (rules === undefined || rules.layout === 'nftables' || rules.backend === 'nft') return [];
  const { hostIp, hostPort, containerPort, proto } = port.published;
  const spec = [
    ...(hostIp === '' || hostIp === '0.0.0.0' ? [] : ['-d', hostIp]),
    ...(proxyIsOff(view, engine) ? [] : ['!', '-i', home.ifname]),
    ...['-p', proto, '--dport', String(hostPort), '-j', 'DNAT'],
    ...['--to-destination', `${endpoint.ipv4}:${containerPort}`],
  ];
  const tool = rules.backend === 'iptables-legacy' ? 'iptables-legacy' : 'iptables';
  return [
    automatic({
      title: `Lead port ${hostPort}/${proto} to ${endpoint.ipv4}:${containerPort}`,
      changes: 'Adds the rule the engine had written to chain DOCKER of table nat.',
      scope: 'container',
      commands: [command(engine.netns, tool, '-w', '-t', 'nat', '-A', 'DOCKER', ...spec)],
      undo: [command(engine.netns, tool, '-w', '-t', 'nat', '-D', 'DOCKER', ...spec)],
      persistence: untilFlush,
    }),
  ];
}

function judge(view: HostView, engine: EngineView): readonly Problem[] {
  const ruleset = engine.netns === undefined ? undefined : view.ruleset(engine.netns);
  if (ruleset === undefined || dockerRulesOf(ruleset).length === 0) return [];
  return engine.ports.flatMap((port) => {
    if (port.dnatRules === undefined || port.dnatRules.length > 0 || !wantsRule(engine, port)) return [];
    const container = view.graph.containers.get(port.container);
    if (container === undefined || container.facts.pid === 0 || container.netns === undefined) return [];
    const { hostIp, hostPort, containerPort, proto } = port.published;
    const proxied = port.hostSocket?.role === 'proxy';
    return [
      {
        subject: `${container.facts.name}:${hostPort}/${proto}`,
        severity: proxied ? ('warning' as const) : ('error' as const),
        title: `No rule leads published port ${hostPort}/${proto} to ${container.facts.name}`,
        why: proxied
          ? 'The userland proxy still serves it, so it seems to work; but the container sees the gateway as every client.'
          : `Whoever connects to port ${hostPort} is not led to ${containerPort} of ${container.facts.name}.`,
        evidence: [
          {
            fact: `no DNAT rule for ${hostIp}:${hostPort}/${proto}`,
            source: `iptables-save, table nat ${where(engine.netns)}`,
            ...(engine.netns === undefined ? {} : { netns: engine.netns.id }),
          },
          {
            fact: `published: ${hostIp || '0.0.0.0'}:${hostPort} → ${containerPort}/${proto}`,
            source: `${engine.engine.kind} inspect ${container.facts.name}`,
            container: container.id,
          },
        ],
        remedies: [...writeRule(view, engine, ruleset, port), restartEngine(engine.engine.liveRestore)],
        affects: [container.id],
      },
    ];
  });
}

export const publishedPortWithoutDnat: Check = {
  id: 'published-port-without-dnat',
  severity: 'error',
  about:
    'A published port works because a rule in table nat leads it to the container. When the rule is lost, the userland proxy may still serve it, ' +
    'hiding the loss: the container then sees the gateway instead of its clients. Without the proxy the port is dead.',
  not: [
    'internal networks, where published ports are ignored',
    'gateway mode routed',
    'ports published on IPv6 addresses only',
    'rootless engines',
    'swarm ports',
    'rules that were not read',
  ],
  references: ['moby#15086', 'moby#41789'],
  needs: ['ruleset'],
  breaks: ['published'],
  leadsTo: 'rule',
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines
      .filter(({ engine }) => engine.kind === 'docker' && !engine.rootless && engine.iptables !== false)
      .flatMap((engine) => judge(view, engine)),
};
