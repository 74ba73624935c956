/** The commands that make a demo world out of kernel objects, in order. Run inside the demo's own namespaces only. */
import type { Command } from '../model/change.ts';
import { dockerRules } from './docker-rules.ts';
import type { DemoContainer, DemoHost, DemoNetwork, DemoWorld } from './story.ts';

const isBridged = ({ driver }: DemoNetwork): boolean => driver === undefined;

export const batch = (lines: readonly string[], netns?: string): Command => ({
  argv: ['ip', ...(netns === undefined ? [] : ['-n', netns]), '-batch', '-'],
  stdin: `${lines.join('\n')}\n`,
});

/** The host's way out: eth0 and, at its other end, an `internet` that knows no container's address. */
const uplink: readonly Command[] = [
  batch([
    'link set lo up',
    'netns add internet',
    'link add eth0 address 02:99:00:00:00:02 type veth peer name eth0 netns internet',
    'addr add 10.99.0.2/24 dev eth0',
    'link set eth0 up',
  ]),
  batch(
    ['link set lo up', 'addr add 10.99.0.1/24 dev eth0', 'addr add 203.0.113.80/32 dev lo', 'link set eth0 up'],
    'internet',
  ),
  batch(['route add default via 10.99.0.1']),
];

/** On a wire with other hosts: whoever keeps the wire gave us eth0. */
const onWire = ({ address }: DemoHost): readonly Command[] => [
  batch(['link set lo up', `addr add ${address}/24 dev eth0`, 'link set eth0 up', 'route add default via 10.99.0.1']),
];

const size = ({ mtu }: DemoNetwork): string => (mtu === undefined ? '' : ` mtu ${mtu}`);

const bridges = (world: DemoWorld): Command =>
  batch(
    world.networks
      .filter(isBridged)
      .flatMap((network) => [
        `link add ${network.bridge}${size(network)} type bridge`,
        `addr add ${network.gateway}/24 brd + dev ${network.bridge}`,
        `link set ${network.bridge} up`,
      ]),
  );

/** What of a container's wiring is the engine's own. */
const bridgedEndpoints = (world: DemoWorld, container: DemoContainer) =>
  container.endpoints.flatMap((endpoint) => {
    const network = world.networks.find((one) => one.name === endpoint.network);
    return network === undefined || !isBridged(network) ? [] : [{ endpoint, network }];
  });

const endpointLines = (world: DemoWorld, container: DemoContainer): readonly string[] =>
  bridgedEndpoints(world, container).flatMap(({ endpoint, network }) => {
    const peer = `peer name ${endpoint.ifname}${size(network)} address ${endpoint.mac} netns ${container.name}`;
    return [
      `link add ${endpoint.hostEnd}${size(network)} type veth ${peer}`,
      `link set ${endpoint.hostEnd} master ${network.bridge}`,
      `link set ${endpoint.hostEnd} up`,
    ];
  });

const insideLines = (world: DemoWorld, container: DemoContainer): readonly string[] => {
  const wired = bridgedEndpoints(world, container);
  const first = wired[0]?.network;
  return [
    'link set lo up',
    ...wired.flatMap(({ endpoint: { ifname, address } }) => [
      `addr add ${address}/24 brd + dev ${ifname}`,
      `link set ${ifname} up`,
    ]),
    ...(first === undefined ? [] : [`route add default via ${first.gateway}`]),
  ];
};

/** A netns made by hand that no engine knows of. */
const handMade = (network: DemoNetwork): readonly Command[] => [
  batch([
    'netns add probe',
    'link add vprobe type veth peer name eth0 netns probe',
    `link set vprobe master ${network.bridge}`,
    'link set vprobe up',
  ]),
  batch(
    ['link set lo up', `addr add ${network.gateway.replace(/\d+$/, '50')}/24 dev eth0`, 'link set eth0 up'],
    'probe',
  ),
];

export interface BuildCommandOptions {
  readonly rules: boolean;
  /** The host is one of several. */
  readonly onWire: boolean;
}

export const buildCommands = (host: DemoHost, options: BuildCommandOptions): readonly Command[] => {
  const { world } = host;
  const own = world.containers.filter((container) => container.netns === 'own');
  return [
    ...(options.onWire ? onWire(host) : uplink),
    { argv: ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1'] },
    bridges(world),
    batch(own.flatMap((container) => [`netns add ${container.name}`, ...endpointLines(world, container)])),
    ...own.map((container) => batch(insideLines(world, container), container.name)),
    ...world.networks.filter(({ name }) => name === world.probeOn).flatMap(handMade),
    ...(options.rules ? [{ argv: ['iptables-restore'], stdin: dockerRules(world) }] : []),
  ];
};

export const breakCommands = (world: DemoWorld): readonly Command[] =>
  world.breaks.length === 0 ? [] : [batch(world.breaks)];

/** A path under /proc/PID/ns or /run/netns where the container's process belongs; undefined for the host's own. */
const netnsFile = (container: DemoContainer): string | undefined => {
  if (container.netns === 'host') return undefined;
  return `/run/netns/${container.netns === 'own' ? container.name : container.netns.of}`;
};

/** Waits for connections on a port and keeps a name, so that the socket table looks like a shop's. */
const LISTENER = `const [, name, port, address] = process.argv;
process.title = name;
if (port) require('net').createServer((socket) => socket.on('error', () => {}).end('hello\\n')).listen(Number(port), address || undefined);
setInterval(() => {}, 1e9);`;

/**
 * Starts the container's process in its netns and prints its pid. The shell lets it go at once: it belongs to the first
 * process of the demo and ends with it.
 */
export const startCommand = (container: DemoContainer, node: string): Command => {
  const file = netnsFile(container);
  const listens = container.listens;
  const inside = [
    ...(file === undefined ? [] : ['nsenter', `--net=${file}`]),
    ...[node, '--max-semi-space-size=1', '-e', LISTENER, container.process],
    ...(listens === undefined ? [] : [String(listens.port), listens.address ?? '']),
  ];
  return { argv: ['sh', '-c', '"$@" </dev/null >/dev/null 2>&1 & echo $!', 'sh', ...inside] };
};
