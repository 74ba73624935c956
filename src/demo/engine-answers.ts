/** What a container engine would say of a demo world, in the words of the Engine API. */
import type { DemoContainer, DemoNetwork, DemoWorld } from './story.ts';

const STARTED = '2026-01-01T00:00:00.000000000Z';

/** 64 hex digits that stay the same for the same name, as the engine's ids look. */
const idOf = (name: string): string => {
  let hash = 0x811c9dc5;
  let id = '';
  for (let round = 0; id.length < 64; round += 1) {
    for (const character of `${name}${round}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
    id += hash.toString(16).padStart(8, '0');
  }
  return id.slice(0, 64);
};

const endpointsOf = (world: DemoWorld, container: DemoContainer) =>
  Object.fromEntries(
    container.endpoints.map((endpoint) => {
      const network = world.networks.find((one) => one.name === endpoint.network);
      return [
        endpoint.network,
        {
          Aliases: [container.name],
          NetworkID: idOf(`network ${endpoint.network}`),
          EndpointID: idOf(`endpoint ${endpoint.hostEnd}`),
          Gateway: network?.gateway ?? '',
          IPAddress: endpoint.address,
          IPPrefixLen: 24,
          MacAddress: endpoint.mac,
        },
      ];
    }),
  );

const networkModeOf = (container: DemoContainer): string => {
  if (container.netns === 'host') return 'host';
  if (container.netns !== 'own') return `container:${idOf(`container ${container.netns.of}`)}`;
  return container.endpoints[0]?.network ?? 'none';
};

const builtIn = (mode: string): string | undefined => (mode === 'host' || mode === 'none' ? mode : undefined);

const containerAnswer = (world: DemoWorld, container: DemoContainer, pid: number) => {
  const mode = networkModeOf(container);
  const plain = builtIn(mode);
  const port = container.published;
  const bindings =
    port === undefined ? {} : { [`${port.containerPort}/tcp`]: [{ HostIp: '0.0.0.0', HostPort: `${port.hostPort}` }] };
  return {
    Id: idOf(`container ${container.name}`),
    Name: `/${container.name}`,
    Created: STARTED,
    Image: `sha256:${idOf(container.image)}`,
    State: {
      Status: 'running',
      Running: true,
      Paused: false,
      Restarting: false,
      Dead: false,
      Pid: pid,
      StartedAt: STARTED,
    },
    Config: { Hostname: container.name, Image: container.image, Labels: { 'demo.shop': 'true' }, ExposedPorts: {} },
    HostConfig: { NetworkMode: mode, PortBindings: bindings, Privileged: false },
    NetworkSettings: {
      SandboxKey: container.netns === 'own' ? `/run/netns/${container.name}` : '',
      Ports: bindings,
      Networks:
        plain === undefined
          ? endpointsOf(world, container)
          : {
              [plain]: {
                NetworkID: idOf(`network ${plain}`),
                EndpointID: '',
                Gateway: '',
                IPAddress: '',
                IPPrefixLen: 0,
                MacAddress: '',
              },
            },
    },
  };
};

const networkAnswer = (world: DemoWorld, network: DemoNetwork) => ({
  Name: network.name,
  Id: idOf(`network ${network.name}`),
  Created: STARTED,
  Scope: 'local',
  Driver: network.driver ?? 'bridge',
  EnableIPv4: true,
  EnableIPv6: false,
  Internal: false,
  Attachable: false,
  Ingress: false,
  IPAM: { Driver: 'default', Config: [{ Subnet: network.subnet, Gateway: network.gateway }] },
  Options:
    network.driver !== undefined
      ? {}
      : {
          'com.docker.network.bridge.name': network.bridge,
          'com.docker.network.bridge.enable_icc': String(network.icc),
          ...(network.masquerade === false ? { 'com.docker.network.bridge.enable_ip_masquerade': 'false' } : {}),
          ...(network.mtu === undefined ? {} : { 'com.docker.network.driver.mtu': String(network.mtu) }),
        },
  Labels: {},
  Containers: Object.fromEntries(
    world.containers
      .filter((container) => container.endpoints.some((endpoint) => endpoint.network === network.name))
      .map((container) => [idOf(`container ${container.name}`), { Name: container.name }]),
  ),
});

const builtInNetwork = (name: 'host' | 'none') => ({
  Name: name,
  Id: idOf(`network ${name}`),
  Created: STARTED,
  Scope: 'local',
  Driver: name === 'host' ? 'host' : 'null',
  EnableIPv4: true,
  EnableIPv6: false,
  Internal: false,
  Attachable: false,
  Ingress: false,
  IPAM: { Driver: 'default', Config: [] },
  Options: {},
  Labels: {},
  Containers: {},
});

/** Request path (without the API version) → body. `pids` by container name. */
export const engineAnswers = (world: DemoWorld, pids: ReadonlyMap<string, number>): ReadonlyMap<string, unknown> => {
  const containers = world.containers.map((one) => containerAnswer(world, one, pids.get(one.name) ?? 0));
  const networks = [
    ...world.networks.map((one) => networkAnswer(world, one)),
    builtInNetwork('host'),
    builtInNetwork('none'),
  ];
  return new Map<string, unknown>([
    ['/_ping', 'OK'],
    [
      '/version',
      { Version: 'demo', ApiVersion: '1.41', MinAPIVersion: '1.12', Os: 'linux', Arch: 'amd64', Components: [] },
    ],
    [
      '/info',
      {
        ID: 'demo',
        Name: 'demo',
        ServerVersion: 'demo',
        Containers: containers.length,
        SecurityOptions: [],
        Warnings: null,
      },
    ],
    [
      '/containers/json',
      containers.map(({ Id, Name, Config, State, HostConfig, NetworkSettings }) => ({
        Id,
        Names: [Name],
        Image: Config.Image,
        State: State.Status,
        Labels: Config.Labels,
        HostConfig: { NetworkMode: HostConfig.NetworkMode },
        NetworkSettings: { Networks: NetworkSettings.Networks },
      })),
    ],
    ['/networks', networks],
    ...containers.map((one): [string, unknown] => [`/containers/${one.Id}/json`, one]),
    ...networks.map((one): [string, unknown] => [`/networks/${one.Id}`, one]),
  ]);
};
