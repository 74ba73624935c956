/** Published ports joined with everything that makes them work: DNAT rules, who holds the host's port, who listens inside. */
import type { Container, Engine, PublishedPort } from '../model/container.ts';
import type { NetnsId } from '../model/ids.ts';
import type { Netns } from '../model/netns.ts';
import type { Socket } from '../model/socket.ts';
import { findDnatRules } from './find-dnat-rules.ts';
import type { ContainerNode, LinkNode, PortNode } from './graph.ts';

const wildcards = new Set(['', '0.0.0.0', '::']);

/** Does a packet for `address` (a wildcard: for some address of that family) reach this socket? */
const takes = (socket: Socket, address: string): boolean => {
  if (socket.local === address) return true;
  const six = address.includes(':');
  if (socket.local === '::') return six || socket.v6only !== true;
  if (socket.local === '0.0.0.0') return !six;
  return address === '' && wildcards.has(socket.local);
};

const proxies = new Set(['docker-proxy', 'rootlesskit-dock', 'rootlessport']);
/** Who keeps a published port from others without serving it: dockerd (28+ without proxy), podman's conmon. */
const keepers = new Set(['dockerd', 'conmon', 'podman']);

/** argv of docker-proxy names the container it serves; absent argv (no permission): its name must do. */
const isProxyFor = (cmdline: string | undefined, addresses: ReadonlySet<string>, port: number): boolean => {
  if (cmdline === undefined) return true;
  const words = cmdline.split(/[\s\0]+/);
  const after = (flag: string) => words[words.indexOf(flag) + 1];
  if (!words.includes('-container-ip')) return true;
  return addresses.has(after('-container-ip') ?? '') && after('-container-port') === String(port);
};

const roleOf = (socket: Socket, engine: Engine, port: PublishedPort, addresses: ReadonlySet<string>) => {
  const holders = socket.processes;
  if (holders.some((p) => proxies.has(p.comm) && isProxyFor(p.cmdline, addresses, port.containerPort))) return 'proxy';
  if (holders.some((p) => p.pid === engine.pid || keepers.has(p.comm))) return 'reservation';
  return 'other';
};

const findHostSocket = (
  sockets: readonly Socket[],
  engine: Engine,
  port: PublishedPort,
  addresses: ReadonlySet<string>,
): PortNode['hostSocket'] => {
  const held = sockets
    .filter((socket) => socket.proto === port.proto && socket.port === port.hostPort && takes(socket, port.hostIp))
    .map((socket) => ({ socket, role: roleOf(socket, engine, port, addresses) }) as const);
  return held.find((one) => one.role === 'proxy') ?? held.find((one) => one.role === 'reservation') ?? held[0];
};

/** Reached through the container's addresses first; one bound to loopback is still told, its address says what is wrong. */
const findListener = (
  sockets: readonly Socket[],
  port: PublishedPort,
  addresses: ReadonlySet<string>,
): Socket | null => {
  const listening = sockets.filter((socket) => socket.proto === port.proto && socket.port === port.containerPort);
  const reached = listening.find((socket) => [...addresses].some((address) => takes(socket, address)));
  return reached ?? listening[0] ?? null;
};

const addressesOf = (container: Container, links: readonly LinkNode[]): ReadonlySet<string> => {
  const told = container.endpoints.flatMap((endpoint) => [endpoint.ipv4, endpoint.ipv6]);
  const seen = links.flatMap((link) => link.addresses.map((address) => address.local));
  return new Set([...told, ...seen].filter((address): address is string => address !== undefined && address !== ''));
};

export interface PortSurroundings {
  readonly engine: Engine;
  readonly engineNetns?: Netns;
  readonly netnsOf: (id: NetnsId) => Netns | undefined;
  readonly linksOf: (container: ContainerNode) => readonly LinkNode[];
}

export const buildPorts = (
  node: ContainerNode,
  { engine, engineNetns, netnsOf, linksOf }: PortSurroundings,
): readonly PortNode[] => {
  const { facts } = node;
  if (facts.ports.length === 0) return [];
  const addresses = addressesOf(facts, linksOf(node));
  const inside = node.netns === undefined ? undefined : netnsOf(node.netns)?.sockets;
  return facts.ports.map((published) => {
    const hostSocket =
      engineNetns?.sockets === undefined
        ? undefined
        : findHostSocket(engineNetns.sockets, engine, published, addresses);
    return {
      host: node.host,
      container: node.id,
      published,
      ...(engineNetns?.ruleset === undefined
        ? {}
        : { dnatRules: findDnatRules(engineNetns.ruleset, published, addresses) }),
      ...(hostSocket === undefined ? {} : { hostSocket }),
      ...(inside === undefined ? {} : { listener: findListener(inside, published, addresses) }),
    };
  });
};
