/** The program behind a published port listens on loopback only, where nobody from outside its netns arrives. */
import type { Check } from '../check.ts';
import { recreateContainer } from '../remedies.ts';

const isLoopback = (address: string) =>
  address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.');

export const listensOnLoopback: Check = {
  id: 'listens-on-loopback',
  severity: 'error',
  about:
    'A published port leads to the container’s own address. A program inside that listens on 127.0.0.1 alone never sees such packets: clients get ' +
    '"connection refused", or an empty answer through the userland proxy, while it works with `docker exec`.',
  not: [
    'an IPv6 wildcard socket, which takes IPv4 as well',
    'sockets of the engine’s resolver at 127.0.0.11',
    'mode host',
    'nobody listening at all',
    'sockets that were not read',
  ],
  references: ['moby#2174', 'man 7 ip (INADDR_LOOPBACK)'],
  needs: [],
  hides: ['flow-blocked', 'wrong-container-port'],
  find: (view) =>
    view.engines.flatMap(({ engine, ports }) => {
      const seen = new Set<string>();
      return ports.flatMap((port) => {
        const container = view.graph.containers.get(port.container);
        const { listener } = port;
        if (
          container === undefined ||
          container.facts.mode === 'host' ||
          listener === undefined ||
          listener === null ||
          !isLoopback(listener.local)
        )
          return [];
        const { containerPort, hostPort, proto } = port.published;
        const key = `${container.id} ${containerPort}/${proto}`;
        if (seen.has(key)) return [];
        seen.add(key);
        const program = listener.processes[0]?.comm ?? 'the program';
        return {
          subject: `${container.facts.name}:${containerPort}/${proto}`,
          title: `${program} in ${container.facts.name} listens on ${listener.local} only`,
          why: `Packets for published port ${hostPort} arrive at the container's own address, where nobody listens: clients are refused.`,
          evidence: [
            {
              fact: `listens on ${listener.local}:${listener.port}/${listener.proto}`,
              source: `ss -lntu (${container.facts.name})`,
              ...(container.netns === undefined ? {} : { netns: container.netns }),
            },
            {
              fact: `published: ${hostPort} → ${containerPort}/${proto}`,
              source: `${engine.kind} inspect ${container.facts.name}`,
              container: container.id,
            },
          ],
          remedies: [
            recreateContainer(
              container.facts.name,
              `Tell ${program} to listen on 0.0.0.0 (or ::): an option such as --host, --bind or a line of its configuration.`,
            ),
          ],
          affects: [container.id],
        };
      });
    }),
};
