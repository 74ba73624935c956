/** How a container got its netns: by what it was told, and by the driver of the network it is on. */
import type { Container, ContainerMode, EngineNetwork } from '../model/container.ts';

/** Of a network that is gone (a stopped container still names it) only the name is known: `custom`. */
export function resolveMode(
  { networkMode, endpoints }: Pick<Container, 'networkMode' | 'endpoints'>,
  networks: readonly EngineNetwork[],
): ContainerMode {
  if (networkMode === 'host' || networkMode === 'none') return networkMode;
  if (networkMode.startsWith('container:')) return 'container';
  if (networkMode.startsWith('ns:')) return 'path';
  const wanted = networkMode === '' || networkMode === 'default' ? 'bridge' : networkMode;
  // `podman run` without --network says `bridge`, but its default network is called podman.
  const primary =
    endpoints.find((endpoint) => endpoint.network === wanted || endpoint.networkId === wanted) ?? endpoints[0];
  const names = [wanted, primary?.networkId, primary?.network];
  const network = networks.find(({ name, fullId }) => names.includes(fullId) || names.includes(name));
  switch (network?.driver) {
    case 'bridge':
    case 'macvlan':
    case 'ipvlan':
    case 'overlay':
    case 'host':
      return network.driver;
    case 'null':
      return 'none';
    case undefined:
      return wanted === 'bridge' ? 'bridge' : 'custom';
    default:
      return 'custom';
  }
}
