/** The iptables rules a Docker engine would have made for a demo world, as an iptables-restore document. */
import type { DemoContainer, DemoNetwork, DemoWorld } from './story.ts';

interface Published {
  readonly bridge: string;
  readonly address: string;
  readonly hostPort: number;
  readonly containerPort: number;
}

const publishedOf = (world: DemoWorld): readonly Published[] =>
  world.containers.flatMap((container: DemoContainer) => {
    const endpoint = container.endpoints[0];
    const network = world.networks.find((one) => one.name === endpoint?.network);
    if (container.published === undefined || endpoint === undefined || network === undefined) return [];
    return [{ bridge: network.bridge, address: endpoint.address, ...container.published }];
  });

/** The engine makes rules for its own bridges only. */
const bridged = (world: DemoWorld): readonly DemoNetwork[] =>
  world.networks.filter(({ driver }) => driver === undefined);

const natRules = (world: DemoWorld): readonly string[] => [
  '*nat',
  ':PREROUTING ACCEPT [0:0]',
  ':INPUT ACCEPT [0:0]',
  ':OUTPUT ACCEPT [0:0]',
  ':POSTROUTING ACCEPT [0:0]',
  ':DOCKER - [0:0]',
  '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
  '-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER',
  ...bridged(world)
    .filter(({ masquerade }) => masquerade !== false)
    .map(({ subnet, bridge }) => `-A POSTROUTING -s ${subnet} ! -o ${bridge} -j MASQUERADE`),
  ...bridged(world).map(({ bridge }) => `-A DOCKER -i ${bridge} -j RETURN`),
  ...publishedOf(world).map(
    ({ bridge, address, hostPort, containerPort }) =>
      `-A DOCKER ! -i ${bridge} -p tcp -m tcp --dport ${hostPort} -j DNAT --to-destination ${address}:${containerPort}`,
  ),
  'COMMIT',
];

const forwardRules = ({ bridge, icc }: DemoNetwork): readonly string[] => [
  `-A FORWARD -o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
  `-A FORWARD -o ${bridge} -j DOCKER`,
  `-A FORWARD -i ${bridge} ! -o ${bridge} -j ACCEPT`,
  `-A FORWARD -i ${bridge} -o ${bridge} -j ${icc ? 'ACCEPT' : 'DROP'}`,
];

const filterRules = (world: DemoWorld): readonly string[] => [
  '*filter',
  ':INPUT ACCEPT [0:0]',
  ':FORWARD DROP [0:0]',
  ':OUTPUT ACCEPT [0:0]',
  ':DOCKER - [0:0]',
  ':DOCKER-ISOLATION-STAGE-1 - [0:0]',
  ':DOCKER-ISOLATION-STAGE-2 - [0:0]',
  ':DOCKER-USER - [0:0]',
  '-A FORWARD -j DOCKER-USER',
  '-A FORWARD -j DOCKER-ISOLATION-STAGE-1',
  ...bridged(world).flatMap(forwardRules),
  ...publishedOf(world).map(
    ({ bridge, address, containerPort }) =>
      `-A DOCKER -d ${address}/32 ! -i ${bridge} -o ${bridge} -p tcp -m tcp --dport ${containerPort} -j ACCEPT`,
  ),
  ...bridged(world).map(
    ({ bridge }) => `-A DOCKER-ISOLATION-STAGE-1 -i ${bridge} ! -o ${bridge} -j DOCKER-ISOLATION-STAGE-2`,
  ),
  '-A DOCKER-ISOLATION-STAGE-1 -j RETURN',
  ...bridged(world).map(({ bridge }) => `-A DOCKER-ISOLATION-STAGE-2 -o ${bridge} -j DROP`),
  '-A DOCKER-ISOLATION-STAGE-2 -j RETURN',
  ...world.userRules.map((rule) => `-A DOCKER-USER ${rule}`),
  '-A DOCKER-USER -j RETURN',
  'COMMIT',
];

export const dockerRules = (world: DemoWorld): string => `${[...natRules(world), ...filterRules(world)].join('\n')}\n`;
