/** A program that carries packets of containers to other hosts: flanneld (udp backend), a Weave router. Told by its socket. */
import type { NetnsNode } from '../graph/graph.ts';
import type { Socket } from '../model/socket.ts';

export interface Carrier {
  /** `flanneld (pid 812)`, or its bare name where nobody has the socket open. */
  readonly name: string;
  /** Absent: nobody has it open; `unread`: sockets were not read. */
  readonly socket?: Socket | 'unread';
}

/** UDP port of flannel's udp backend unless told otherwise; sleeve, which every Weave router speaks; Weave's fast datapath. */
export const carrierPorts = { flannel: 8285, sleeve: 6783, fastDatapath: 6784 } as const;

/** By the program's name, else by its usual port: who has a socket open may be hidden. */
export const findCarrier = ({ facts }: NetnsNode, comm: string, port: number): Carrier => {
  if (facts.sockets === undefined) return { name: comm, socket: 'unread' };
  const udp = facts.sockets.filter((one) => one.proto === 'udp');
  const socket =
    udp.find((one) => one.processes.some((owner) => owner.comm === comm)) ?? udp.find((one) => one.port === port);
  if (socket === undefined) return { name: comm };
  const [owner] = socket.processes;
  return { name: owner === undefined ? comm : `${owner.comm} (pid ${owner.pid})`, socket };
};

/** `flanneld (pid 812), udp 8285`; undefined: it does not run here, or nobody can tell. */
export const describeCarrier = ({ name, socket }: Carrier): string | undefined =>
  typeof socket === 'object' ? `${name}, udp ${socket.port}` : undefined;
