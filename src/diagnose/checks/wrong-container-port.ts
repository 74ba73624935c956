/** Nobody listens on the container port that is published, but somebody does on another. */
import type { PortNode } from '../../graph/graph.ts';
import type { Socket } from '../../model/socket.ts';
import { listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import { recreateContainer } from '../remedies.ts';

const isReachable = (socket: Socket) =>
  socket.proto === 'tcp' && !socket.local.startsWith('127.') && socket.local !== '::1';

const isFirst = (port: PortNode, index: number, all: readonly PortNode[]): boolean =>
  index ===
  all.findIndex(
    ({ container, published: { containerPort, hostPort, proto } }) =>
      container === port.container &&
      containerPort === port.published.containerPort &&
      hostPort === port.published.hostPort &&
      proto === port.published.proto,
  );

export const wrongContainerPort: Check = {
  id: 'wrong-container-port',
  severity: 'warning',
  about:
    'The rule leads the published port to a port of the container on which nobody listens: the two numbers of -p were swapped, or the program ' +
    'listens elsewhere than its image says. Clients are refused.',
  not: [
    'UDP, whose sockets may open late',
    'a container in which nobody listens at all: it may still be starting',
    'sockets that were not read',
    'another published port that is served',
  ],
  references: ['docker run -p HOST:CONTAINER'],
  needs: [],
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines.flatMap(({ engine, ports }) =>
      // Published for both families, it is one mistake.
      ports.filter(isFirst).flatMap((port) => {
        const container = view.graph.containers.get(port.container);
        const { containerPort, hostPort, proto } = port.published;
        const netns = view.netnsOf(container?.netns);
        if (
          container === undefined ||
          netns?.facts.sockets === undefined ||
          netns.facts.isHost ||
          port.listener !== null ||
          proto !== 'tcp'
        )
          return [];
        const published = new Set(
          ports.filter((one) => one.container === port.container).map((one) => one.published.containerPort),
        );
        const others = netns.facts.sockets.filter(isReachable);
        const free = others.filter((socket) => !published.has(socket.port));
        // Nobody at all, or only the other published ports: slow start or one of several services not started yet.
        if (free.length === 0) return [];
        const { name } = container.facts;
        return {
          subject: `${name}:${containerPort}/${proto}`,
          title: `Nobody in ${name} listens on port ${containerPort}, to which ${hostPort} is published`,
          why: `Clients are refused. ${name} listens on ${listNames(free.map((socket) => `${socket.port} (${socket.processes[0]?.comm ?? '?'})`))} instead.`,
          evidence: [
            { fact: `no listener on ${containerPort}/tcp`, source: `ss -lnt (${name})`, netns: netns.id },
            {
              fact: `published: ${hostPort} → ${containerPort}/tcp`,
              source: `${engine.kind} inspect ${name}`,
              container: container.id,
            },
          ],
          remedies: [recreateContainer(name, `Publish the port that is served: -p ${hostPort}:${free[0]!.port}.`)],
          affects: [container.id],
        };
      }),
    ),
};
