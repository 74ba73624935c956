/** A port is published for this host alone. */
import type { Check } from '../check.ts';

export const publishedOnLoopback: Check = {
  id: 'published-on-loopback',
  severity: 'info',
  about:
    'A port published on 127.0.0.1 is reached from this host only. With a reverse proxy in front that is good practice; for who wonders why others are refused, it is the answer.',
  not: ['a port published on every address', 'a stopped container'],
  references: ['for-linux#690', 'docker run -p 127.0.0.1:…'],
  needs: [],
  find: (view) =>
    view.engines.flatMap(({ engine, ports }) =>
      ports
        .filter(
          (port) =>
            port.published.hostIp.startsWith('127.') && (view.graph.containers.get(port.container)?.facts.pid ?? 0) > 0,
        )
        .map((port) => {
          const name = view.graph.containers.get(port.container)?.facts.name ?? '?';
          const { hostPort, proto, hostIp } = port.published;
          return {
            subject: `${name}:${hostPort}/${proto}`,
            title: `Port ${hostPort}/${proto} of ${name} is published for this host alone`,
            why: `It is bound to ${hostIp}: other machines are refused.`,
            evidence: [
              {
                fact: `published on ${hostIp}:${hostPort}`,
                source: `${engine.kind} inspect ${name}`,
                container: port.container,
              },
            ],
            remedies: [],
            affects: [port.container],
          };
        }),
    ),
};
