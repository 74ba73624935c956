/** `list ports`: published ports, the rules and processes that serve them, and who listens inside. */
import type { Graph, PortNode } from '../../graph/graph.ts';
import type { Socket } from '../../model/socket.ts';
import { hostRef, optional } from '../refs.ts';
import type { PortRow } from '../schemas/list-schema.ts';

const processes = (socket: Socket) => socket.processes.map(({ pid, comm }) => ({ pid, comm }));

const portRow = (graph: Graph, port: PortNode): PortRow => {
  const container = graph.containers.get(port.container)?.facts;
  const { hostSocket, listener } = port;
  return {
    ...port.published,
    ...hostRef(graph, port.host),
    container: { id: container?.fullId ?? '', name: container?.name ?? '' },
    ...(port.dnatRules === undefined ? {} : { dnatRules: [...port.dnatRules] }),
    ...optional(
      'heldBy',
      hostSocket && { role: hostSocket.role, local: hostSocket.socket.local, processes: processes(hostSocket.socket) },
    ),
    ...optional('listener', listener && { local: listener.local, port: listener.port, processes: processes(listener) }),
  };
};

export const listPorts = (graph: Graph): PortRow[] =>
  [...graph.ports]
    .sort((a, b) => a.published.hostPort - b.published.hostPort || (a.published.hostIp < b.published.hostIp ? -1 : 1))
    .map((port) => portRow(graph, port));
