/** Who takes a packet that has reached its netns: a socket, the kernel's own answer to a ping, or nobody. */
import type { LinkNode } from '../../graph/graph.ts';
import type { NetnsId } from '../../model/ids.ts';
import type { Packet } from '../../model/packet.ts';
import type { Socket } from '../../model/socket.ts';
import type { ProxyTarget } from '../flight.ts';
import type { Sysctl } from '../sysctls.ts';
import { sysctl } from '../sysctls.ts';
import type { NetnsView, World } from '../world.ts';
import { remember } from '../world.ts';
import { proxyTarget } from './proxy-target.ts';

export type ListenerAnswer =
  | {
      readonly kind: 'found';
      readonly text: string;
      readonly fact: string;
      readonly proxy?: ProxyTarget;
      readonly socket?: Socket;
    }
  /** silent: the sender is told nothing. */
  | { readonly kind: 'none'; readonly why: string; readonly silent: boolean; readonly sysctl?: Sysctl }
  | { readonly kind: 'unknown'; readonly why: string };

const formatSocket = (socket: Socket): string => {
  const local = socket.family === 'inet6' ? `[${socket.local}]` : socket.local;
  return `${socket.proto} ${local}:${socket.port}${socket.dev === undefined ? '' : `%${socket.dev}`}`;
};

const ownerOf = (socket: Socket): string => {
  const first = socket.processes[0];
  return first === undefined ? 'a process that is not visible' : `${first.comm} (pid ${first.pid})`;
};

/** Greater wins, as compute_score counts: bound to an address, then to a link, then the packet's own family. undefined: not for it. */
const scoreOf = (socket: Socket, packet: Packet, link: LinkNode): number | 'unknown' | undefined => {
  if (socket.proto !== packet.proto || socket.port !== packet.dport) return undefined;
  if (socket.dev !== undefined && socket.dev !== link.facts.ifname) return undefined;
  const bound = socket.dev === undefined ? 0 : 2;
  if (socket.local === packet.dst || socket.local === `::ffff:${packet.dst}`) return 4 + bound + 1;
  if (socket.family === 'inet' && packet.family === 4) return socket.local === '0.0.0.0' ? bound + 1 : undefined;
  if (socket.family === 'inet' || socket.local !== '::') return undefined;
  if (packet.family === 6) return bound + 1;
  if (socket.v6only === undefined) return 'unknown';
  return socket.v6only ? undefined : bound;
};

const findSocket = (view: NetnsView, packet: Packet, link: LinkNode): Socket | 'unknown' | undefined => {
  let best: { readonly socket: Socket; readonly score: number } | undefined;
  let doubt = false;
  for (const socket of view.node.facts.sockets ?? []) {
    const score = scoreOf(socket, packet, link);
    if (score === 'unknown') doubt = true;
    else if (score !== undefined && (best === undefined || score > best.score)) best = { socket, score };
  }
  return best?.socket ?? (doubt ? 'unknown' : undefined);
};

const answerPing = (view: NetnsView, packet: Packet): ListenerAnswer => {
  const name = packet.family === 4 ? 'ipv4.icmp_echo_ignore_all' : 'ipv6.icmp.echo_ignore_all';
  const value = sysctl(view, name);
  if (value === '1')
    return {
      kind: 'none',
      silent: true,
      why: `${view.node.name} does not answer pings`,
      sysctl: { name: `net.${name}`, value },
    };
  return { kind: 'found', text: `${view.node.name} answers the ping itself`, fact: 'ICMP echo' };
};

/** A socket that only keeps others from taking the port: connections are made and never served. */
const isReservation = (world: World, socket: Socket): boolean =>
  remember(world.memo, 'reservations', () => {
    const held = world.graph.ports.map((port) => port.hostSocket).filter((held) => held?.role === 'reservation');
    return new Set(held.map((one) => one!.socket.inode));
  }).has(socket.inode) && socket.inode !== 0;

export const findListener = (world: World, netns: NetnsId, packet: Packet, link: LinkNode): ListenerAnswer => {
  const view = world.view(netns);
  if (packet.proto === 'icmp' || packet.proto === 'icmpv6') return answerPing(view, packet);
  const { name } = view.node;
  if (view.node.facts.sockets === undefined) return { kind: 'unknown', why: `the sockets of ${name} were not read` };
  if (typeof packet.proto === 'number')
    return { kind: 'unknown', why: `who takes protocol ${packet.proto} is not known` };
  const socket = findSocket(view, packet, link);
  const where = `${packet.proto} ${packet.family === 6 ? `[${packet.dst}]` : packet.dst}:${packet.dport}`;
  if (socket === 'unknown')
    return {
      kind: 'unknown',
      why: `a socket of ${name} listens on [::]:${packet.dport}; whether it takes IPv4 is not known`,
    };
  if (socket === undefined) {
    const others = (view.node.facts.sockets ?? []).filter(
      (one) => one.port === packet.dport && one.proto === packet.proto,
    );
    const hint = others.length === 0 ? '' : ` (${others.map(formatSocket).join(', ')} is there)`;
    return { kind: 'none', silent: false, why: `nobody in ${name} listens on ${where}${hint}` };
  }
  if (isReservation(world, socket)) {
    return {
      kind: 'none',
      silent: true,
      why: `${ownerOf(socket)} only keeps ${where} reserved: connections are made and never served`,
    };
  }
  const proxy = proxyTarget(world, netns, socket);
  if (proxy === 'unknown')
    return { kind: 'unknown', why: `${ownerOf(socket)} takes ${where}; where it connects to is not known` };
  return {
    kind: 'found',
    text: `${ownerOf(socket)} listens on ${formatSocket(socket)}`,
    fact: formatSocket(socket),
    socket,
    ...(proxy && { proxy }),
  };
};
