/** pipework: links put into containers by hand; they die with the container's first process. */
import type { Graph, LinkNode, NetnsNode } from '../graph/graph.ts';
import type { HostId, NetnsId } from '../model/ids.ts';
import { endpointOf } from './endpoint-of.ts';
import { labelOf, type System } from './system.ts';

/** `v` + name inside + `pl` + pid (the guest's end was `…pg…` before it was renamed). */
const hostEnd = /^v(.+)p[lg](\d+)$/;

/** The names of who runs as this pid; undefined when no visible process has it. */
function whoIs(
  graph: Graph,
  host: HostId,
  pid: number,
): { readonly name: string; readonly netns: NetnsId } | undefined {
  for (const netns of graph.netns.values()) {
    if (netns.host !== host) continue;
    if (netns.facts.holders.some((holder) => holder.kind === 'process' && holder.pid === pid))
      return { name: netns.name, netns: netns.id };
  }
  for (const container of graph.containers.values()) {
    if (container.host === host && container.facts.pid === pid && container.netns !== undefined)
      return { name: container.facts.name, netns: container.netns };
  }
  return undefined;
}

export const pipeworkSystem: System = {
  name: 'pipework',
  labelLink({ graph, link, netns }) {
    const parts = hostEnd.exec(link.facts.ifname);
    if (parts !== null && link.kind === 'veth') {
      const who = whoIs(graph, netns.host, Number(parts[2]));
      const peer = link.peer?.certainty === 'exact' ? graph.links.get(link.peer.to) : undefined;
      if (who !== undefined && peer?.netns === who.netns)
        return labelOf('pipework')(`host end of ${who.name}'s ${peer.facts.ifname}`);
      if (who === undefined)
        return labelOf('pipework', 'likely')(`was the host end of ${parts[1]} of process ${parts[2]}, which is gone`);
      return labelOf('pipework', 'likely')(`host end of ${parts[1]} of process ${parts[2]}`);
    }
    // The other end carries no sign of its own; its peer's name does.
    const peer = link.peer?.certainty === 'exact' ? graph.links.get(link.peer.to) : undefined;
    const other = peer === undefined ? null : hostEnd.exec(peer.facts.ifname);
    if (other !== null && other[1] === link.facts.ifname)
      return labelOf('pipework')(
        `put into ${netns.name} beside the engine's own links; host end ${peer!.facts.ifname}`,
      );
    return labelByHand(graph, link, netns);
  },
};

/** A link in a container that its engine knows nothing of: `pipework -l NAME`, a macvlan, a moved link, or somebody's own commands. */
function labelByHand(graph: Graph, link: LinkNode, netns: NetnsNode) {
  if (netns.facts.isHost || link.kind === 'loopback') return undefined;
  const residents = netns.containers.flatMap((id) => graph.containers.get(id) ?? []);
  const [tenant] = residents;
  if (tenant === undefined || residents.some((one) => endpointOf(one, link) !== undefined)) return undefined;
  // An engine plugs some in without telling: the way out of an overlay by docker_gwbridge.
  const peer = link.peer?.certainty === 'exact' ? graph.links.get(link.peer.to) : undefined;
  const carriers = [...graph.networks.values()].map((network) => network.link);
  if (carriers.some((carrier) => carrier?.certainty === 'exact' && carrier.to === peer?.master)) return undefined;
  const plugged =
    ['veth', 'macvlan', 'ipvlan', 'physical', 'vlan'].includes(link.kind) && link.addresses.some(isGlobal);
  // An engine that tells no addresses of its endpoints cannot be asked which links are its own.
  const { mode, endpoints } = tenant.facts;
  const told = endpoints.length > 0 && endpoints.every(({ ipv4, ipv6, mac }) => Boolean(ipv4 || ipv6 || mac));
  if (!plugged || !(mode === 'none' || (mode === 'bridge' && told))) return undefined;
  return labelOf('pipework or by hand', 'likely')(`put into ${netns.name} beside the engine's own links`);
}

const isGlobal = ({ scope }: { readonly scope: string }): boolean => scope === 'global';
