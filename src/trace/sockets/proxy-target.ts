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

/** undefined: no proxy. comm is cut to 15 characters by the kernel, `docker-proxy` is not. */
export const proxyTarget = (world: World, netns: NetnsId, socket: Socket): ProxyTarget | 'unknown' | undefined => {
  const proxy = socket.processes.find((process) => process.comm === 'docker-proxy');
  if (proxy === undefined) return undefined;
  return (proxy.cmdline && fromCommandLine(proxy.cmdline)) || fromEngine(world, netns, socket) || 'unknown';
};
