/** What every JSON document begins with: its schema, the host it is about, and what could not be seen there. */
import type { Graph } from '../graph/graph.ts';
import type { Gap } from '../model/gap.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { netnsRef, optional } from './refs.ts';
import type { GapEntry, HostHead } from './schemas/shared-shapes.ts';

const hostHead = ({ host, engines, takenAt }: Snapshot): HostHead => {
  const [engine] = engines;
  return {
    name: host.hostname,
    kernel: host.kernel,
    engine:
      engine === undefined
        ? null
        : { kind: engine.kind, version: engine.version, ...optional('firewall', engine.firewallBackend) },
    takenAt,
  };
};

export const gapEntry = (graph: Graph, { netns, ...gap }: Gap): GapEntry => ({
  ...gap,
  ...(netns === undefined ? {} : { netns: netnsRef(graph, netns) }),
});

export interface DocumentHead<Name extends string> {
  readonly schema: `vethscope.${Name}/1`;
  readonly host: HostHead;
  readonly hosts?: HostHead[];
  readonly gaps: GapEntry[];
}

export const makeHead = <Name extends string>(
  name: Name,
  graph: Graph,
  gaps: readonly Gap[] = graph.gaps,
): DocumentHead<Name> => {
  const hosts = graph.snapshots.map(hostHead);
  const [host] = hosts;
  if (host === undefined) throw new Error('a document needs a host');
  return {
    schema: `vethscope.${name}/1`,
    host,
    ...(hosts.length > 1 ? { hosts } : {}),
    gaps: gaps.map((gap) => gapEntry(graph, gap)),
  };
};
