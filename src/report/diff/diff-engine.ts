/** What the engine says: containers, networks, published ports. */
import type { Graph } from '../../graph/graph.ts';
import { listContainers } from '../list/list-containers.ts';
import { listNetworks } from '../list/list-networks.ts';
import { listPorts } from '../list/list-ports.ts';
import {
  added,
  compareFields,
  compareKeyed,
  type Difference,
  type DifferenceKind,
  type Fields,
  removed,
} from './difference.ts';

interface Thing {
  readonly about: string;
  readonly fields: Fields;
}

const sorted = (texts: readonly string[]): string => texts.toSorted().join(', ');

const containers = (graph: Graph): ReadonlyMap<string, Thing> =>
  new Map(
    listContainers(graph).map((row) => [
      row.name,
      {
        about: `${row.image}, ${row.state}, on ${sorted(row.networks) || 'no network'}`,
        fields: {
          id: row.id.slice(0, 12),
          image: row.image,
          state: row.state,
          mode: row.mode,
          networks: sorted(row.networks),
          ports: sorted(row.ports),
          'netns of': row.sharesNetnsOf ?? '',
        },
      },
    ]),
  );

const networks = (graph: Graph): ReadonlyMap<string, Thing> =>
  new Map(
    listNetworks(graph).map((row) => [
      row.name,
      {
        about: `${row.driver}, ${row.subnets.map(({ subnet }) => subnet).join(', ') || 'no subnet'}`,
        fields: {
          driver: row.driver,
          internal: String(row.internal),
          ipv6: String(row.ipv6),
          subnets: sorted(
            row.subnets.map(({ subnet, gateway }) => `${subnet}${gateway === undefined ? '' : ` via ${gateway}`}`),
          ),
          link: /^br-[0-9a-f]{12}$/.test(row.link?.ifname ?? '') ? 'a bridge of its own' : (row.link?.ifname ?? ''),
          options: sorted(Object.entries(row.options).map(([key, value]) => `${key}=${value}`)),
        },
      },
    ]),
  );

const ports = (graph: Graph): ReadonlyMap<string, Thing> =>
  new Map(
    listPorts(graph).map((row) => [
      `${row.hostIp}:${row.hostPort}/${row.proto}`,
      {
        about: `to port ${row.containerPort} of ${row.container.name}`,
        fields: {
          to: `${row.container.name}:${row.containerPort}`,
          'held by': row.heldBy?.role ?? '',
          rules: row.dnatRules === undefined ? '' : String(row.dnatRules.length),
        },
      },
    ]),
  );

const compare = (kind: DifferenceKind, before: ReadonlyMap<string, Thing>, after: ReadonlyMap<string, Thing>) =>
  compareKeyed(before, after, {
    gone: (subject, thing) => [removed({ kind, subject }, thing.about)],
    came: (subject, thing) => [added({ kind, subject }, thing.about)],
    both: (subject, old, now) => compareFields({ kind, subject }, old.fields, now.fields),
  });

export const diffEngine = (before: Graph, after: Graph): readonly Difference[] => [
  ...compare('container', containers(before), containers(after)),
  ...compare('network', networks(before), networks(after)),
  ...compare('port', ports(before), ports(after)),
];
