/** Namespaces Docker makes: containers' sandboxes, overlays, and the balancers of a swarm. */
import type { Graph, NetnsNode } from '../graph/graph.ts';
import { type Label, labelOf, type System } from './system.ts';

const docker = labelOf('Docker');

const lastPart = (name: string) => name.replace(/^.*\//, '');

function overlayName(graph: Graph, netns: NetnsNode, prefix: string): string {
  for (const network of graph.networks.values()) {
    if (network.host === netns.host && network.facts.fullId.startsWith(prefix))
      return `overlay network ${network.facts.name}`;
  }
  return `an overlay network (${prefix}…)`;
}

function labelByName(graph: Graph, netns: NetnsNode): Label | undefined {
  for (const name of netns.facts.names.map(lastPart)) {
    if (name === 'ingress_sbox')
      return docker('takes in published ports of swarm services and spreads them over the tasks (IPVS)');
    const overlay = /^\d-([0-9a-z]{10})$/.exec(name);
    if (overlay !== null)
      return docker(`the switch of ${overlayName(graph, netns, overlay[1]!)}: bridge and tunnel to the other hosts`);
    const balancer = /^lb_([0-9a-z]{9})$/.exec(name);
    if (balancer !== null)
      return docker(
        `spreads packets for service addresses of ${overlayName(graph, netns, balancer[1]!)} over the tasks (IPVS)`,
      );
  }
  return undefined;
}

export const dockerNetns: System = {
  name: 'docker namespaces',
  labelNetns({ graph, netns }) {
    const byName = labelByName(graph, netns);
    if (byName !== undefined) return byName;
    const sandbox = netns.facts.names.map(lastPart).find((name) => /^[0-9a-f]{12}$/.test(name));
    const owners = netns.containers.flatMap((id) => graph.containers.get(id) ?? []);
    if (sandbox === undefined || owners.length > 0 || netns.facts.holders.some((holder) => holder.kind === 'process'))
      return undefined;
    return labelOf('Docker', 'likely')('sandbox of a container that no visible engine has');
  },
  labelLink({ graph, netns, link }) {
    const made = labelByName(graph, netns);
    if (made === undefined) return undefined;
    if (link.kind === 'bridge') return docker('bridge of the overlay network on this host');
    if (link.kind === 'vxlan') return docker('tunnel to the other hosts of the overlay network');
    if (link.kind === 'veth') return docker('port of the overlay network for one sandbox');
    return undefined;
  },
};
