/** Which of a container's endpoints a link inside it serves, by what the kernel says of the link. */
import type { ContainerNode, LinkNode } from '../graph/graph.ts';
import type { Endpoint, EngineKind } from '../model/container.ts';

const sameMac = (a: string | undefined, b: string | undefined) =>
  a !== undefined && a !== '' && a.toLowerCase() === b?.toLowerCase();

export function endpointOf(container: ContainerNode, link: LinkNode): Endpoint | undefined {
  const addresses = new Set(link.addresses.map((address) => address.local));
  const { endpoints } = container.facts;
  // An ipvlan link has its parent's MAC: the address decides first.
  return (
    endpoints.find((endpoint) => addresses.has(endpoint.ipv4 ?? '') || addresses.has(endpoint.ipv6 ?? '')) ??
    endpoints.find((endpoint) => sameMac(endpoint.mac, link.facts.address))
  );
}

const names: Readonly<Record<EngineKind, string>> = {
  docker: 'Docker',
  podman: 'Podman',
  containerd: 'containerd',
  'cri-o': 'CRI-O',
};

export const engineName = (kind: EngineKind): string => names[kind];
