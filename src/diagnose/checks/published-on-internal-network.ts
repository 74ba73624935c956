/** Ports are published by a container that is on internal networks only: they are ignored. */
import type { Check } from '../check.ts';
import { guided } from '../remedies.ts';

export const publishedOnInternalNetwork: Check = {
  id: 'published-on-internal-network',
  severity: 'info',
  about:
    'An internal network has no way in or out; the engine makes no rules for ports published on it. The container is reached by its neighbours and by this host alone.',
  not: ['a container that is also on a normal network', 'an internal network without published ports'],
  references: ['moby#48596'],
  needs: [],
  find: (view) =>
    view.engines.flatMap(({ engine, running, networks, ports }) => {
      const publishing = new Set(ports.map((port) => port.container));
      return running.flatMap((container) => {
        if (!publishing.has(container.id)) return [];
        const mine = networks.filter((network) => container.networks.includes(network.id));
        const published = ports.filter((port) => port.container === container.id);
        if (mine.length === 0 || published.length === 0 || !mine.every((network) => network.facts.internal)) return [];
        const { name } = container.facts;
        return {
          subject: name,
          title: `${name} publishes ports, but is on internal networks only`,
          why: 'Nobody outside reaches them: an internal network has no way in.',
          evidence: [
            {
              fact: `networks ${mine.map((network) => network.facts.name).join(', ')}: internal`,
              source: `${engine.kind} network inspect`,
              container: container.id,
            },
          ],
          remedies: [
            guided({
              title: 'Attach it to a normal network as well',
              changes: `${name} gets a way out, and its published ports work.`,
              scope: 'container',
              risk: 'It is no longer shut off.',
              riskLevel: 'medium',
              persistence: 'For good.',
              commands: [{ argv: ['docker', 'network', 'connect', 'NETWORK', name] }],
            }),
          ],
          affects: [container.id],
        };
      });
    }),
};
