/** `list networks`: the engines' networks and what carries them. */
import type { Graph, NetworkNode } from '../../graph/graph.ts';
import { doubtOf, hostRef, linkAt, linkEnd, optional } from '../refs.ts';
import type { NetworkRow } from '../schemas/list-schema.ts';

const networkRow = (graph: Graph, { host, facts, link, containers }: NetworkNode): NetworkRow => {
  const carrier = linkAt(graph, link);
  const members = containers.flatMap((id) => graph.containers.get(id) ?? []);
  return {
    id: facts.fullId,
    name: facts.name,
    engine: facts.engine,
    ...hostRef(graph, host),
    driver: facts.driver,
    scope: facts.scope,
    internal: facts.internal,
    ipv6: facts.enableIpv6,
    subnets: facts.subnets.map(({ subnet, gateway }) => ({ subnet, ...optional('gateway', gateway) })),
    ...(carrier === undefined ? optional('linkDoubt', doubtOf(graph, link)) : { link: linkEnd(graph, carrier) }),
    containers: members.map((member) => ({ id: member.facts.fullId, name: member.facts.name })),
    options: { ...facts.options },
  };
};

export const listNetworks = (graph: Graph): NetworkRow[] =>
  [...graph.networks.values()]
    .sort((a, b) => (a.facts.name < b.facts.name ? -1 : 1))
    .map((network) => networkRow(graph, network));
