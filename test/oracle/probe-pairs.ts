/** Every ordered pair of ends of a running host: what the trace predicts, and what a real connection does. */
import { readdirSync, readlinkSync } from 'node:fs';
import type { Graph, NetnsNode } from '../../src/graph/graph.ts';
import type { Outcome, Trace } from '../../src/trace/trace.ts';
import { tracePacket } from '../../src/trace/trace-packet.ts';
import * as sys from './syscalls.ts';

export interface PairQuestion {
  /** As a trace question has it. */
  readonly from: string;
  readonly to: string;
  /** Path of a netns file from which the connection is made. */
  readonly path: string;
  readonly address: string;
  /** 0 for icmp. */
  readonly port: number;
  readonly proto: PairProto;
}

export type PairProto = 'tcp' | 'udp' | 'icmp';

/** answered: data came back; refused, unreachable: errno; silent: nothing within the time; hung: connected, but no data. */
export type PairOutcome = 'answered' | 'refused' | 'unreachable' | 'silent' | 'hung';

export interface PairResult {
  readonly question: PairQuestion;
  readonly trace: Trace;
  readonly seen: PairOutcome;
  readonly agrees: boolean;
}

/** A path into each netns by its inode, found through the processes that live there. */
export const netnsPaths = (): ReadonlyMap<number, string> => {
  const paths = new Map<number, string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const inode = Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[0]);
      if (!paths.has(inode)) paths.set(inode, `/proc/${pid}/ns/net`);
    } catch {
      // The process ended meanwhile.
    }
  }
  return paths;
};

interface Attempt {
  readonly question: PairQuestion;
  readonly fd: number;
  /** Of an echo request: our own among those of others. */
  readonly id: number;
  sent: boolean;
  seen?: PairOutcome;
}

const errors: Readonly<Record<string, PairOutcome>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EACCES: 'unreachable',
  EINVAL: 'unreachable',
};

const checksum = (data: Buffer): number => {
  let sum = 0;
  for (let at = 0; at < data.length; at += 2) sum += data.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
};

/** With 56 bytes of data, as ping sends it. The checksum of ICMPv6 is the kernel's. */
const echoRequest = (family: 4 | 6, id: number): Buffer => {
  const data = Buffer.alloc(64);
  data[0] = family === 6 ? 128 : 8;
  data.writeUInt16BE(id, 4);
  data.writeUInt16BE(1, 6);
  if (family === 4) data.writeUInt16BE(checksum(data), 2);
  return data;
};

const begin = (question: PairQuestion, id: number): Attempt => {
  const { proto, address } = question;
  const family = address.includes(':') ? 6 : 4;
  const fd = sys.openSocket(proto === 'icmp' ? 'raw-icmp' : proto, family);
  const attempt: Attempt = { question, fd, id, sent: proto !== 'tcp' };
  if (proto === 'tcp') sys.closeHard(fd);
  if (proto === 'udp') sys.reportErrors(fd, family);
  let failure = sys.connect(fd, question);
  if (failure === undefined && proto !== 'tcp')
    failure = sys.send(fd, proto === 'udp' ? Buffer.from('hello') : echoRequest(family, id));
  if (failure !== undefined && failure.error !== 'EINPROGRESS') attempt.seen = errors[failure.error] ?? 'silent';
  return attempt;
};

/** IPv4's raw sockets see the IP header too. */
const isOurEcho = ({ question, id }: Attempt, data: Buffer): boolean => {
  const v6 = question.address.includes(':');
  const body = v6 ? data : data.subarray((data[0]! & 15) * 4);
  return body[0] === (v6 ? 129 : 0) && body.length > 5 && body.readUInt16BE(4) === id;
};

const advance = (attempt: Attempt): void => {
  if (attempt.seen !== undefined) return;
  if (!attempt.sent) {
    const again = sys.connect(attempt.fd, attempt.question);
    if (again === undefined || again.error === 'EISCONN') {
      sys.send(attempt.fd, Buffer.from('GET / HTTP/1.0\r\n\r\n'));
      attempt.sent = true;
    } else if (again.error !== 'EALREADY') attempt.seen = errors[again.error] ?? 'silent';
    return;
  }
  const got = sys.receive(attempt.fd);
  if ('error' in got) {
    const told = errors[got.error];
    if (told !== undefined) attempt.seen = told;
  } else if (attempt.question.proto === 'icmp') {
    if (isOurEcho(attempt, got.data)) attempt.seen = 'answered';
  } else attempt.seen = got.data.length > 0 ? 'answered' : 'hung';
};

/** An echo of datagrams on each of these addresses, as of a server that answers from where it was asked. */
const openEchoes = (path: string, addresses: readonly string[]): readonly number[] =>
  sys.inNetnsFile(path, () =>
    addresses.map((address) => {
      const fd = sys.openSocket('udp', address.includes(':') ? 6 : 4);
      sys.bind(fd, { address, port: udpPort });
      return fd;
    }),
  );

/** Where the ends echo datagrams, and where nobody does. */
const udpPort = 53;
const deafPort = 54;

/** All at once; a first SYN that is lost is not waited for twice. */
const attemptAll = async (questions: readonly PairQuestion[], waitMs: number): Promise<readonly PairOutcome[]> => {
  const attempts = questions.map((question, n) => sys.inNetnsFile(question.path, () => begin(question, n + 1)));
  const until = performance.now() + waitMs;
  while (attempts.some((attempt) => attempt.seen === undefined) && performance.now() < until) {
    for (const attempt of attempts) advance(attempt);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return attempts.map((attempt) => {
    sys.close(attempt.fd);
    return attempt.seen ?? (attempt.sent && attempt.question.proto === 'tcp' ? 'hung' : 'silent');
  });
};

const attemptInTurns = async (questions: readonly PairQuestion[], waitMs: number, size: number) => {
  const seen: PairOutcome[] = [];
  for (let at = 0; at < questions.length; at += size)
    seen.push(...(await attemptAll(questions.slice(at, at + size), waitMs)));
  return seen;
};

/** What a connection may look like for each predicted outcome. `no-neighbour` is told after three seconds, or never when forwarded. */
const possible: Readonly<Record<Outcome, readonly PairOutcome[]>> = {
  delivered: ['answered'],
  dropped: ['silent', 'hung', 'unreachable'],
  rejected: ['refused', 'unreachable', 'silent', 'hung'],
  'no-route': ['unreachable', 'silent', 'hung'],
  'no-neighbour': ['unreachable', 'silent', 'hung'],
  'no-listener': ['refused', 'hung'],
  loop: ['silent', 'unreachable'],
  unknown: ['answered', 'refused', 'unreachable', 'silent', 'hung'],
};

const familyAddresses = (graph: Graph, netns: string): readonly string[] =>
  [...graph.links.values()]
    .filter((link) => link.netns === netns && link.kind !== 'loopback')
    .flatMap((link) => link.addresses.filter((info) => info.scope === 'global').map((info) => info.local));

/** Raw sockets are not told of errors, and a userland proxy takes datagrams that nobody takes from it. */
const mayBeSeen = ({ proto }: PairQuestion, outcome: Outcome, seen: PairOutcome): boolean =>
  possible[outcome].includes(seen) || (proto !== 'tcp' && outcome === 'no-listener' && seen === 'silent');

const formatTarget = ({ address, port, proto }: Pick<PairQuestion, 'address' | 'port' | 'proto'>): string =>
  proto === 'icmp' ? address : `${address.includes(':') ? `[${address}]` : address}:${port}/${proto}`;

/** Ends of the graph echo datagrams until the answer is called; to be told before the hosts are written down for the prediction. */
export const serveDatagrams = (graph: Graph): (() => void) => {
  const paths = netnsPaths();
  const fds = [...graph.netns.values()].flatMap((node) => {
    const path = paths.get(node.facts.inode);
    return path === undefined ? [] : openEchoes(path, familyAddresses(graph, node.id));
  });
  const timer = setInterval(() => {
    for (const fd of fds)
      for (let got = sys.receive(fd); !('error' in got); got = sys.receive(fd)) sys.send(fd, got.data, got.from);
  }, 2);
  return () => {
    clearInterval(timer);
    for (const fd of fds) sys.close(fd);
  };
};

export interface PairOptions {
  /** A netns outside the host, and the address it asks from. */
  readonly outside?: { readonly path: string; readonly address: string };
  /** Somebody out there who listens on port 80. */
  readonly world?: string;
  readonly waitMs?: number;
}

interface Target {
  readonly address: string;
  readonly port: number;
  readonly proto: PairProto;
}

const publishedPorts = (graph: Graph, proto: PairProto): readonly number[] => [
  ...new Set(
    graph.ports.filter(({ published }) => published.proto === proto).map(({ published }) => published.hostPort),
  ),
];

/**
 * Every address of every end: what listens there, one port where nobody does, an echo; and published ports on every address of the hosts,
 * on 127.0.0.1 and on ::1.
 */
const targetsOf = (graph: Graph, ends: readonly NetnsNode[], world: string | undefined): readonly Target[] => {
  const hosts = ends.filter((node) => node.facts.isHost);
  const others = ends.filter((node) => !node.facts.isHost);
  const addresses = (nodes: readonly NetnsNode[]) => nodes.flatMap((node) => familyAddresses(graph, node.id));
  const at = (list: readonly string[], proto: PairProto, ports: readonly number[]): readonly Target[] =>
    list.flatMap((address) => ports.map((port) => ({ address, port, proto })));
  const first = others.flatMap((node) => familyAddresses(graph, node.id).slice(0, 1));
  const published = [...addresses(hosts), '127.0.0.1', '::1'];
  return [
    ...at(addresses(ends), 'tcp', [80]),
    ...at(first, 'tcp', [81]),
    ...at(published, 'tcp', [...publishedPorts(graph, 'tcp'), 8090]),
    ...at(addresses(ends), 'udp', [udpPort]),
    ...at(first, 'udp', [deafPort]),
    ...at(published, 'udp', [...publishedPorts(graph, 'udp'), deafPort]),
    ...at(addresses(ends), 'icmp', [0]),
    ...(world === undefined ? [] : at([world], 'tcp', [80])),
  ];
};

export const pairQuestions = (graph: Graph, options: PairOptions = {}): readonly PairQuestion[] => {
  const paths = netnsPaths();
  const ends = [...graph.netns.values()].filter(
    (node) => (node.facts.isHost || node.containers.length > 0) && paths.has(node.facts.inode),
  );
  const targets = targetsOf(graph, ends, options.world);
  const inside = ends.flatMap((node) =>
    targets.map((target) => ({ from: `netns:${node.facts.inode}`, path: paths.get(node.facts.inode)!, ...target })),
  );
  // Who stands on the uplink reaches what is there; what lies behind the host its own routes need not know.
  const { outside } = options;
  const net = (address: string): string => address.split('.').slice(0, 3).join('.');
  const outer =
    outside === undefined
      ? []
      : targets
          .filter(({ address }) => net(address) === net(outside.address))
          .map((target) => ({ from: outside.address, path: outside.path, ...target }));
  return [...inside, ...outer].map((one) => ({ ...one, to: formatTarget(one) }));
};

/** By name, as a person asks: the trace chooses the address, and that is what is tried. */
const byName = (graph: Graph): readonly { readonly question: PairQuestion; readonly trace: Trace }[] => {
  const paths = netnsPaths();
  const containers = [...graph.netns.values()].filter((node) => node.containers.length > 0);
  const ends = [...graph.netns.values()].filter((node) => node.facts.isHost || node.containers.length > 0);
  return ends.flatMap((node) =>
    containers.flatMap((other) => {
      const path = paths.get(node.facts.inode);
      const from = `netns:${node.facts.inode}`;
      const to = `container:${other.name}:80`;
      const trace = tracePacket(graph, { from, to });
      if (path === undefined || 'error' in trace) return [];
      const address = trace.request.hops[0]?.steps[0]?.packet.dst;
      if (address === undefined) return [];
      return [{ question: { from, to, path, address, port: 80, proto: 'tcp' as const }, trace }];
    }),
  );
};

const predicted = (graph: Graph, question: PairQuestion): Trace => {
  const trace = tracePacket(graph, { from: question.from, to: question.to });
  if ('error' in trace) throw new Error(`${question.from} → ${question.to}: ${trace.error}`);
  return trace;
};

/** Predicts and tries every question; `agrees` is false where the real packet went another way. */
export const probePairs = async (graph: Graph, options: PairOptions = {}): Promise<readonly PairResult[]> => {
  const asked = [
    ...pairQuestions(graph, options).map((question) => ({ question, trace: predicted(graph, question) })),
    ...byName(graph),
  ];
  const tryAll = (list: typeof asked, waitMs: number, size: number): Promise<readonly PairOutcome[]> =>
    attemptInTurns(
      list.map(({ question }) => question),
      waitMs,
      size,
    );
  const seen = await tryAll(asked, options.waitMs ?? 700, 60);
  const judge = (outcomes: readonly PairOutcome[], list: typeof asked): readonly PairResult[] =>
    list.map((one, n) => ({
      ...one,
      seen: outcomes[n]!,
      agrees: mayBeSeen(one.question, one.trace.outcome, outcomes[n]!),
    }));
  const results = judge(seen, asked);
  // A small server's queue overflows when many ask at once: what disagrees is tried again, a few at a time and patiently.
  const wrong = asked.filter((_, n) => !results[n]!.agrees);
  const again = judge(await tryAll(wrong, 2500, 8), wrong);
  return [...results.filter(({ agrees }) => agrees), ...again];
};
