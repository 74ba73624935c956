/** A published port has lost its userland proxy: rules serve what they can, loopback nobody. */
import type { PortNode } from '../../graph/graph.ts';
import type { Check } from '../check.ts';
import type { Problem } from '../finding.ts';
import { type EngineView, gatewayMode, where } from '../host-view.ts';
import { guided } from '../remedies.ts';

/** Does the engine start a proxy for this port? */
function wantsProxy({ bridges }: EngineView, { container, published }: PortNode): boolean {
  if (published.hostIp.includes(':') || published.hostPort === 0) return false;
  return bridges.some(
    ({ network, attachments }) =>
      !network.facts.internal &&
      ['nat', 'nat-unprotected'].includes(gatewayMode(network)) &&
      attachments.some((one) => one.container.id === container && (one.endpoint.ipv4 ?? '') !== ''),
  );
}

function judge(engine: EngineView): readonly Problem[] {
  const { netns } = engine;
  if (engine.engine.userlandProxy !== true || engine.engine.rootless || netns?.facts.sockets === undefined) return [];
  return engine.ports.flatMap((port) => {
    const container = engine.running.find(({ id }) => id === port.container);
    if (container?.facts.state !== 'running' || port.hostSocket !== undefined || !wantsProxy(engine, port)) return [];
    const { hostIp, hostPort, proto } = port.published;
    const { name } = container.facts;
    const onLoopback = hostIp.startsWith('127.');
    return [
      {
        subject: `${name}:${hostPort}/${proto}`,
        severity: onLoopback ? ('error' as const) : ('warning' as const),
        title: `Published port ${hostPort}/${proto} of ${name} has lost its userland proxy`,
        why: onLoopback
          ? `It is published on ${hostIp}, where only the proxy serves it: connections are refused.`
          : 'Who comes from outside is led by rules; 127.0.0.1, and neighbours that call the host’s own address, are refused.',
        evidence: [
          {
            fact: `nobody has port ${hostPort}/${proto} open`,
            source: `ss -lntup ${where(netns)}`,
            netns: netns.id,
          },
          {
            fact: `published: ${hostIp || '0.0.0.0'}:${hostPort}, with userland proxies on`,
            source: `docker inspect ${name}`,
            container: container.id,
          },
        ],
        remedies: [
          guided({
            title: `Restart ${name}`,
            changes: 'The engine starts a proxy for each of its ports.',
            scope: 'container',
            risk: `${name} is down for a moment.`,
            riskLevel: 'medium',
            persistence: 'Until the proxy ends again: look who ends it.',
            commands: [{ argv: ['docker', 'restart', name] }],
          }),
        ],
        affects: [container.id],
      },
    ];
  });
}

export const userlandProxyGone: Check = {
  id: 'userland-proxy-gone',
  severity: 'error',
  about:
    'For every published port the engine starts a program, docker-proxy, that accepts connections which no rule translates: those to 127.0.0.1, and those of the ' +
    'containers’ own network. When it was killed, by hand or for want of memory, these are refused, while others go on.',
  not: [
    'userland proxies that are switched off, or may be',
    'a container that is not running',
    'internal networks and routed gateways, which publish nothing',
    'sockets that were not read',
    'ports on IPv6 addresses',
  ],
  references: ['libnetwork#1135', 'docker docs: userland-proxy'],
  needs: [],
  hides: ['flow-blocked'],
  find: (view) => view.engines.filter(({ engine }) => engine.kind === 'docker').flatMap(judge),
};
