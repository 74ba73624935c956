/** Facts of all hosts → the graph: pure, and quick enough to be done again at every change. */
import type { Container } from '../model/container.ts';
import type { ContainerId, HostId, NetnsId, NetworkId } from '../model/ids.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { buildLinks } from './build-links.ts';
import { buildPorts } from './build-ports.ts';
import { findFaults, knowsItsNetworks } from './find-faults.ts';
import type { ContainerNode, Graph, LinkNode, NetnsNode, NetworkNode, PortNode } from './graph.ts';
import { type FactsIndex, indexFacts } from './index-facts.ts';
import { compareTenants, isHidden, nameAmongHosts, nameNetns } from './name-netns.ts';
import { findEngineNetns, isRunning, resolveContainerNetns } from './resolve-container-netns.ts';
import { resolveNetworkLink } from './resolve-network-link.ts';
import { resolveOvsPorts } from './resolve-ovs-ports.ts';

type Links = Graph['links'];

/** Links of a netns in the kernel's order. */
const linksOf = (index: FactsIndex, netns: NetnsId | undefined) =>
  (netns === undefined ? undefined : index.get(netns))?.links ?? [];

const buildNetns = (
  snapshots: readonly Snapshot[],
  index: FactsIndex,
  tenants: ReadonlyMap<NetnsId, readonly Container[]>,
) => {
  const nodes = new Map<NetnsId, NetnsNode>();
  for (const snapshot of snapshots) {
    const names = nameNetns(snapshot.netns, tenants);
    for (const facts of snapshot.netns) {
      const ownName = names.get(facts.id) ?? facts.id;
      nodes.set(facts.id, {
        id: facts.id,
        host: snapshot.host.id,
        facts,
        name: snapshots.length > 1 ? nameAmongHosts(snapshot.host.id, facts, ownName) : ownName,
        ownName,
        containers: (tenants.get(facts.id) ?? []).map((container) => container.id),
        links: linksOf(index, facts.id).map((link) => link.id),
        hidden: isHidden(facts),
      });
    }
  }
  return nodes;
};

/** The host's own links are nobody's: a container in the host's netns has none that are its. */
const containerLinks = (netns: NetnsId | undefined, index: FactsIndex) =>
  netns === undefined || index.get(netns)?.facts.isHost === true
    ? []
    : linksOf(index, netns)
        .filter((link) => link.facts.link_type !== 'loopback')
        .map((link) => link.id);

const buildContainers = (
  snapshots: readonly Snapshot[],
  index: FactsIndex,
  homes: ReadonlyMap<ContainerId, NetnsId>,
) => {
  const nodes = new Map<ContainerId, ContainerNode>();
  for (const snapshot of snapshots) {
    for (const engine of snapshot.engines) {
      const byKey = new Map<string, NetworkId>(
        engine.networks.flatMap((network) => [
          [network.name, network.id],
          [network.fullId, network.id],
        ]),
      );
      for (const facts of engine.containers) {
        const netns = homes.get(facts.id);
        const networks = facts.endpoints.map(
          (endpoint) => byKey.get(endpoint.networkId) ?? byKey.get(endpoint.network),
        );
        nodes.set(facts.id, {
          id: facts.id,
          host: snapshot.host.id,
          facts,
          ...(netns === undefined ? {} : { netns }),
          links: containerLinks(netns, index),
          networks: [...new Set(networks.filter((network) => network !== undefined))],
        });
      }
    }
  }
  return nodes;
};

const buildNetworks = (snapshots: readonly Snapshot[], index: FactsIndex, containers: Graph['containers']) => {
  const members = new Map<NetworkId, ContainerId[]>();
  for (const container of containers.values()) {
    for (const network of container.networks) {
      const list = members.get(network);
      if (list === undefined) members.set(network, [container.id]);
      else list.push(container.id);
    }
  }
  const nodes = new Map<NetworkId, NetworkNode>();
  for (const snapshot of snapshots) {
    for (const engine of snapshot.engines) {
      const home = findEngineNetns(engine, snapshot);
      for (const facts of engine.networks) {
        const link = resolveNetworkLink(facts, home, index);
        nodes.set(facts.id, {
          id: facts.id,
          host: snapshot.host.id,
          facts,
          ...(link === undefined ? {} : { link }),
          containers: members.get(facts.id) ?? [],
        });
      }
    }
  }
  return nodes;
};

const listPorts = (
  snapshots: readonly Snapshot[],
  index: FactsIndex,
  containers: Graph['containers'],
  links: Links,
): readonly PortNode[] =>
  snapshots.flatMap((snapshot) =>
    snapshot.engines.flatMap((engine) => {
      const home = findEngineNetns(engine, snapshot);
      const engineNetns = home === undefined ? undefined : index.get(home)?.facts;
      const surroundings = {
        engine,
        ...(engineNetns === undefined ? {} : { engineNetns }),
        netnsOf: (id: NetnsId) => index.get(id)?.facts,
        linksOf: (node: ContainerNode): readonly LinkNode[] =>
          node.links.map((id) => links.get(id)).filter((link) => link !== undefined),
      };
      return engine.containers
        .filter(isRunning)
        .map((container) => containers.get(container.id))
        .filter((node) => node !== undefined)
        .flatMap((node) => buildPorts(node, surroundings));
    }),
  );

const listTenants = (snapshots: readonly Snapshot[], homes: ReadonlyMap<ContainerId, NetnsId>) => {
  const tenants = new Map<NetnsId, Container[]>();
  for (const container of snapshots.flatMap((snapshot) => snapshot.engines.flatMap((engine) => engine.containers))) {
    const home = homes.get(container.id);
    if (home === undefined) continue;
    const list = tenants.get(home);
    if (list === undefined) tenants.set(home, [container]);
    else list.push(container);
  }
  for (const list of tenants.values()) list.sort(compareTenants);
  return tenants;
};

const buildHosts = (snapshots: readonly Snapshot[]): Graph['hosts'] =>
  new Map(
    snapshots.map((snapshot) => {
      const own = snapshot.netns.find((netns) => netns.isHost)?.id;
      return [
        snapshot.host.id as HostId,
        { facts: snapshot.host, engines: snapshot.engines, ...(own === undefined ? {} : { netns: own }) },
      ] as const;
    }),
  );

export const buildGraph = (snapshots: readonly Snapshot[]): Graph => {
  const index = indexFacts(snapshots);
  const homes = resolveContainerNetns(snapshots);
  const links = buildLinks(index, resolveOvsPorts(snapshots, index));
  const netns = buildNetns(snapshots, index, listTenants(snapshots, homes));
  const containers = buildContainers(snapshots, index, homes);
  const networks = buildNetworks(snapshots, index, containers);
  const engineNetns = snapshots.flatMap((snapshot) =>
    snapshot.engines.filter(knowsItsNetworks).map((engine) => findEngineNetns(engine, snapshot)),
  );
  return {
    snapshots,
    hosts: buildHosts(snapshots),
    netns,
    links,
    containers,
    networks,
    ports: listPorts(snapshots, index, containers, links),
    faults: findFaults({ netns, links, containers, networks }, new Set(engineNetns.filter((id) => id !== undefined))),
    gaps: snapshots.flatMap((snapshot) => snapshot.gaps),
  };
};
