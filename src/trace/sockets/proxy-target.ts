/** Where the userland proxy behind a socket connects to, from its command line or from what the engine publishes. */
import type { NetnsId } from '../../model/ids.ts';
import type { Socket } from '../../model/socket.ts';
import type { ProxyTarget } from '../flight.ts';
import type { World } from '../world.ts';

const option = (cmdline: string, name: string): string | undefined => {
  const words = cmdline.split(/[\s\0]+/);
  const at = words.indexOf(name);
  return at < 0 ? words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) : words[at + 1];
};

/** docker-proxy's own options (moby cmd/docker-proxy). */
const fromCommandLine = (cmdline: string): ProxyTarget | undefined => {
  const address = option(cmdline, '-container-ip');
  const port = Number(option(cmdline, '-container-port'));
  return address !== undefined && port > 0 ? { address, port } : undefined;
};

const fromEngine = (world: World, netns: NetnsId, socket: Socket): ProxyTarget | undefined => {
  const host = world.view(netns).node.host;
  const port = world.graph.ports.find(
    (one) =>
      one.host === host &&
      one.published.hostPort === socket.port &&
      one.published.proto === socket.proto &&
      one.hostSocket?.role === 'proxy',
  );
  const address =
    port && world.graph.containers.get(port.container)?.facts.endpoints.find((endpoint) => endpoint.ipv4)?.ipv4;
  return address === undefined ? undefined : { address, port: port!.published.containerPort };
};

/** Since 28 docker-proxy asks where a datagram came to (IP_PKTINFO, moby pull 48571), before 27 it did not; tried on 20.10, 26.1, 28.5. */
const answersFrom = (world: World, netns: NetnsId): ProxyTarget['answersFrom'] => {
  const engines = world.graph.hosts.get(world.view(netns).node.host)?.engines ?? [];
  const docker = engines.filter(({ kind }) => kind === 'docker').map(({ version }) => Number.parseInt(version, 10));
  if (docker.length === 0 || docker.some(Number.isNaN)) return undefined;
  if (docker.every((major) => major >= 28)) return 'asked';
  return docker.every((major) => major < 27) ? 'route' : undefined;
};

/** undefined: no proxy. comm is cut to 15 characters by the kernel, `docker-proxy` is not. */
export const proxyTarget = (world: World, netns: NetnsId, socket: Socket): ProxyTarget | 'unknown' | undefined => {
  const proxy = socket.processes.find((process) => process.comm === 'docker-proxy');
  if (proxy === undefined) return undefined;
  const target = (proxy.cmdline && fromCommandLine(proxy.cmdline)) || fromEngine(world, netns, socket);
  if (!target) return 'unknown';
  const from = answersFrom(world, netns);
  return { ...target, ...(from !== undefined && { answersFrom: from }) };
};
