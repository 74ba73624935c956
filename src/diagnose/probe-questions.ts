/** Which connections an active diagnosis tries for real: a few of each kind that should work and that stay on this host. */
import type { ContainerNode, Graph } from '../graph/graph.ts';
import { wantedFlows } from './flows.ts';
import { type BridgeNetwork, buildHostView } from './host-view.ts';

export interface ProbeQuestion {
  readonly from: string;
  readonly to: string;
  /** `web → db`, as a person says it. */
  readonly text: string;
  /** Who is cut off when it fails. */
  readonly container: ContainerNode;
}

/** The engine's own name server inside a container of a network that a user made (moby resolver.go). */
const embeddedDns = '127.0.0.11:53/tcp';

/** Each container has its own: rules inside its netns lead to it. */
const nameQuestions = ({ network, attachments }: BridgeNetwork): readonly ProbeQuestion[] =>
  network.facts.name === 'bridge'
    ? []
    : attachments
        .filter(({ container }) => container.facts.state === 'running' && container.netns !== undefined)
        .map(({ container }) => ({
          from: `container:${container.facts.fullId}`,
          to: embeddedDns,
          text: `${container.facts.name} → its name server`,
          container,
        }));

/** `left`: kinds of connections that were not chosen. */
export interface ProbeChoice {
  readonly questions: readonly ProbeQuestion[];
  readonly left: number;
}

/** Each takes up to some seconds where nobody answers. */
export const mostProbes = 40;

export const probeQuestions = (graph: Graph, limit: number = mostProbes): ProbeChoice => {
  const found = graph.snapshots.flatMap((snapshot) => {
    const view = buildHostView(graph, snapshot);
    const kinds = new Map<string, ProbeQuestion>();
    // What goes out of the host leaves what we may send packets into.
    for (const { kind, key, from, to, text, container } of wantedFlows(view))
      if ((kind === 'neighbour' || kind === 'host') && !kinds.has(key)) kinds.set(key, { from, to, text, container });
    const names = view.engines
      .filter(({ engine }) => engine.kind === 'docker')
      .flatMap(({ bridges }) => bridges.flatMap(nameQuestions));
    const servers = new Map(names.map((one) => [one.container.netns, one] as const));
    return [...kinds.values(), ...servers.values()];
  });
  return { questions: found.slice(0, limit), left: Math.max(0, found.length - limit) };
};
