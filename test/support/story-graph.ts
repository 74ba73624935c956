/** A small host for screen tests, with every kind of trouble: built from a synthetic one, one fact changed each. */
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Link } from '../../src/model/link.ts';
import type { Netns } from '../../src/model/netns.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { syntheticSnapshot } from './synthetic-snapshot.ts';

const withHostLinks = (snapshot: Snapshot, change: (link: Link) => Link): Snapshot => ({
  ...snapshot,
  netns: snapshot.netns.map(
    (netns): Netns => (netns.isHost ? { ...netns, links: (netns.links ?? []).map(change) } : netns),
  ),
});

/** The veth of container number n set down at the host end. */
export const withVethDown = (snapshot: Snapshot, n: number): Snapshot =>
  withHostLinks(snapshot, (link) =>
    link.ifindex === 100 + n ? { ...link, flags: ['BROADCAST', 'MULTICAST'], operstate: 'DOWN' } : link,
  );

/** Container number n gone, with its netns and veth. */
export const withoutContainer = (snapshot: Snapshot, n: number): Snapshot => {
  const gone = snapshot.engines[0]!.containers[n - 1]!;
  return {
    ...snapshot,
    engines: snapshot.engines.map((engine) => ({
      ...engine,
      containers: engine.containers.filter((one) => one !== gone),
    })),
    netns: snapshot.netns
      .filter((netns) => !netns.holders.some((holder) => holder.kind === 'process' && holder.pid === gone.pid))
      .map(
        (netns): Netns =>
          netns.isHost ? { ...netns, links: (netns.links ?? []).filter((link) => link.ifindex !== 100 + n) } : netns,
      ),
  };
};

/** Every text an engine or a kernel may carry, made hostile. */
export const withHostileNames = (snapshot: Snapshot): Snapshot => {
  const bad = '\u001b[2J\u001b]0;owned\u0007\u202eevil\u009b31m漢字\n';
  return {
    ...withHostLinks(snapshot, (link) =>
      link.ifindex > 100 ? { ...link, ifname: `v\u001b[1m${link.ifindex}` } : link,
    ),
    host: { ...snapshot.host, hostname: `h${bad}`, os: bad, kernel: bad },
    engines: snapshot.engines.map((engine) => ({
      ...engine,
      version: `28${bad}`,
      warnings: [bad],
      containers: engine.containers.map((container) => ({
        ...container,
        name: `${container.name}${bad}`,
        image: bad,
        networkMode: bad,
      })),
      networks: engine.networks.map((network) => ({
        ...network,
        name: `${network.name}${bad}`,
        options: { [bad]: bad },
      })),
    })),
    gaps: [{ source: bad, reason: 'invalid', detail: bad, howToSee: bad }],
  };
};

export const storySnapshot = (): Snapshot => syntheticSnapshot(12);

export const storyGraph = (): Graph => buildGraph([storySnapshot()]);
