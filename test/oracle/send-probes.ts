/** Sends probes for real and watches who gets them, as what, and whether the answer comes back. */
import type { Socket } from '../../src/model/socket.ts';
import type { Probe } from './random-probes.ts';
import type { SocketAddress } from './syscalls.ts';
import * as sys from './syscalls.ts';
import type { Topology } from './topology.ts';

export interface Observation {
  /** Where and as what the request was seen; absent: nobody got it (for tcp: or nobody could answer it). */
  received?: { readonly netns: string; readonly from: SocketAddress; readonly at: string };
  replied: boolean;
  /** errno the sender was told. */
  error?: string;
  /** The error came at once, from the sender's own kernel. */
  local?: boolean;
}

interface Server {
  readonly fd: number;
  readonly netns: string;
  readonly proto: 'tcp' | 'udp' | 'icmp';
  readonly local: string;
}

export interface Listeners {
  readonly servers: readonly Server[];
  readonly sockets: ReadonlyMap<string, readonly Socket[]>;
}

const socketFact = (proto: 'tcp' | 'udp', local: string, port: number, inode: number, v6only: boolean): Socket => ({
  proto,
  family: local.includes(':') ? 'inet6' : 'inet',
  local,
  port,
  v6only,
  inode,
  processes: [{ pid: process.pid, comm: 'oracle' }],
});

/** TCP on the wildcard address, UDP on each address of its own so that its answers have the right source. */
const openIn = (
  netns: string,
  addresses: readonly string[],
): { readonly servers: Server[]; readonly sockets: Socket[] } => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  const add = (proto: 'tcp' | 'udp', address: string, port: number, dual = false): void => {
    const fd = sys.openSocket(proto, address.includes(':') ? 6 : 4);
    sys.setReuse(fd);
    if (address.includes(':')) sys.setV6Only(fd, !dual);
    const failure = sys.bind(fd, { address, port });
    // A link that is down has lost its IPv6 addresses.
    if (failure !== undefined) {
      sys.close(fd);
      return;
    }
    if (proto === 'tcp') sys.listen(fd);
    servers.push({ fd, netns, proto, local: address });
    sockets.push(socketFact(proto, address, port, servers.length, !dual));
  };
  add('tcp', '::', 80, true);
  add('tcp', '127.0.0.1', 82);
  for (const address of new Set([...addresses, '127.0.0.1'])) {
    add('udp', address, 80);
    if (address === '127.0.0.1') add('udp', address, 82);
  }
  const first = addresses[0];
  if (first !== undefined) {
    add('udp', first, 81);
    add('tcp', first, 81);
  }
  for (const family of [4, 6] as const)
    servers.push({ fd: sys.openSocket('raw-icmp', family), netns, proto: 'icmp', local: '' });
  return { servers, sockets };
};

export const openListeners = (
  prefix: string,
  topology: Topology,
  extra: (netns: string) => readonly string[] = () => [],
): Listeners => {
  const servers: Server[] = [];
  const sockets = new Map<string, readonly Socket[]>();
  for (const netns of topology.netns) {
    const addresses = topology.addresses.filter((one) => one.netns === netns).map((one) => one.address);
    const opened = sys.inNetns(prefix + netns, () => openIn(netns, [...addresses, ...extra(netns)]));
    servers.push(...opened.servers);
    sockets.set(netns, opened.sockets);
  }
  return { servers, sockets };
};

export const closeListeners = ({ servers }: Listeners): void => {
  for (const { fd } of servers) sys.close(fd);
};

interface Client {
  readonly probe: Probe;
  readonly fd: number;
  readonly observation: Observation;
  sent: boolean;
}

const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4);

/** ICMP: type, code, checksum (the kernel's), id (the kernel's), sequence, then the probe's number. */
const payload = (probe: Probe): Buffer => {
  const number = Buffer.alloc(8);
  number.writeUInt32BE(0x76730000 | probe.number, 0);
  if (probe.proto !== 'icmp') return number;
  return Buffer.concat([
    Buffer.from([familyOf(probe.dst) === 6 ? 128 : 8, 0, 0, 0, 0, 0, 0, 1]),
    number,
    Buffer.alloc(48),
  ]);
};

const start = (probe: Probe): Client => {
  const family = familyOf(probe.dst);
  const fd = sys.openSocket(probe.proto === 'icmp' ? 'ping' : probe.proto, family);
  const observation: Observation = { replied: false };
  const client: Client = { probe, fd, observation, sent: false };
  if (probe.proto !== 'tcp') sys.reportErrors(fd, family);
  else sys.closeHard(fd);
  if (probe.mark !== undefined) sys.setMark(fd, probe.mark);
  const bound = probe.source !== undefined || probe.sport !== undefined;
  const failure = bound
    ? sys.bind(fd, { address: probe.source ?? (family === 6 ? '::' : '0.0.0.0'), port: probe.sport ?? 0 })
    : undefined;
  const refuse = (error: string): Client => {
    observation.error = error;
    observation.local = true;
    return client;
  };
  if (failure !== undefined) return refuse(`bind ${failure.error}`);
  const to = { address: probe.dst, port: probe.proto === 'icmp' ? 0 : probe.dport };
  if (probe.proto === 'icmp') {
    const sent = sys.send(fd, payload(probe), to);
    return sent === undefined ? client : refuse(sent.error);
  }
  const connected = sys.connect(fd, to);
  if (connected !== undefined && connected.error !== 'EINPROGRESS') return refuse(connected.error);
  if (probe.proto === 'udp') {
    const sent = sys.send(fd, payload(probe));
    if (sent !== undefined) return refuse(sent.error);
    client.sent = true;
  }
  return client;
};

const numberIn = (data: Buffer): number | undefined => {
  const value = data.length >= 4 ? data.readUInt32BE(0) : 0;
  return value >>> 16 === 0x7673 ? value & 0xffff : undefined;
};

interface Round {
  readonly byNumber: ReadonlyMap<number, Client>;
  readonly accepted: { readonly fd: number; readonly peer: SocketAddress; readonly server: Server }[];
  busy: boolean;
}

const note = (round: Round, number: number | undefined, server: Server, from: SocketAddress): void => {
  const client = number === undefined ? undefined : round.byNumber.get(number);
  if (client === undefined) return;
  round.busy = true;
  client.observation.received = { netns: server.netns, from, at: server.local };
};

const serveDatagrams = (round: Round, server: Server): void => {
  for (;;) {
    const got = sys.receive(server.fd);
    if ('error' in got) return;
    if (server.proto === 'udp') {
      note(round, numberIn(got.data), server, got.from!);
      sys.send(server.fd, got.data, got.from);
    } else {
      // Raw IPv4 sockets get the IP header too.
      const body =
        got.data[0]! >> 4 === 4 && got.data.length > 28 && got.data[9] === 1
          ? got.data.subarray((got.data[0]! & 15) * 4)
          : got.data;
      if (body[0] === 8 || body[0] === 128) note(round, numberIn(body.subarray(8)), server, got.from!);
    }
  }
};

const serve = (round: Round, servers: readonly Server[]): void => {
  for (const server of servers) {
    if (server.proto !== 'tcp') {
      serveDatagrams(round, server);
      continue;
    }
    for (let peer = sys.accept(server.fd); !('error' in peer); peer = sys.accept(server.fd))
      round.accepted.push({ ...peer, server });
  }
  for (const { fd, peer, server } of round.accepted) {
    const got = sys.receive(fd);
    if (!('error' in got) && got.data.length > 0) {
      note(round, numberIn(got.data), server, peer);
      sys.send(fd, got.data);
    }
  }
};

const poll = (round: Round, client: Client): void => {
  const { observation, probe, fd } = client;
  if (observation.error !== undefined || observation.replied) return;
  if (probe.proto === 'tcp' && !client.sent) {
    const again = sys.connect(fd, { address: probe.dst, port: probe.dport });
    if (again === undefined || again.error === 'EISCONN') {
      client.sent = sys.send(fd, payload(probe)) === undefined;
      round.busy = true;
    } else if (again.error !== 'EALREADY') observation.error = again.error;
    return;
  }
  const got = sys.receive(fd);
  if ('error' in got) {
    // EREMOTEIO is an ICMP redirect: advice, no failure.
    if (!['EAGAIN', 'EWOULDBLOCK', 'EREMOTEIO'].includes(got.error)) observation.error = got.error;
    return;
  }
  const body = probe.proto === 'icmp' ? got.data.subarray(8) : got.data;
  const fits = probe.proto !== 'icmp' || got.from?.address === probe.dst;
  if (numberIn(body) === probe.number && fits) observation.replied = true;
  round.busy = true;
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** So often it must have been looked in vain: on a busy machine time passes without anybody having looked. */
const quietRounds = 40;

/** Fires all probes, then waits until nothing has happened for `quietMs`. */
export const sendProbes = async (
  prefix: string,
  listeners: Listeners,
  probes: readonly Probe[],
  quietMs = 120,
): Promise<ReadonlyMap<number, Observation>> => {
  const clients = new Map<number, Client>();
  for (const netns of new Set(probes.map((probe) => probe.netns))) {
    sys.inNetns(prefix + netns, () => {
      for (const probe of probes) if (probe.netns === netns) clients.set(probe.number, start(probe));
    });
  }
  const round: Round = { byNumber: clients, accepted: [], busy: false };
  let quietSince = performance.now();
  let idle = 0;
  const pending = (): boolean =>
    [...clients.values()].some(({ observation }) => !observation.replied && observation.error === undefined);
  while (pending() && (idle < quietRounds || performance.now() - quietSince < quietMs)) {
    round.busy = false;
    serve(round, listeners.servers);
    for (const client of clients.values()) poll(round, client);
    idle = round.busy ? 0 : idle + 1;
    if (round.busy) quietSince = performance.now();
    await pause(1);
  }
  serve(round, listeners.servers);
  for (const client of clients.values()) sys.close(client.fd);
  for (const { fd } of round.accepted) sys.close(fd);
  return new Map([...clients].map(([number, client]) => [number, client.observation]));
};
