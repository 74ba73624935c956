/** Every ordered pair of ends of a running host: what the trace predicts, and what a real connection does. */
import { readdirSync, readlinkSync } from 'node:fs';
import type { Graph } from '../../src/graph/graph.ts';
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
  readonly port: number;
}

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

const begin = (question: PairQuestion): Attempt => {
  const fd = sys.openSocket('tcp', question.address.includes(':') ? 6 : 4);
  sys.closeHard(fd);
  const attempt: Attempt = { question, fd, sent: false };
  const failure = sys.connect(fd, question);
  if (failure !== undefined && failure.error !== 'EINPROGRESS') attempt.seen = errors[failure.error] ?? 'silent';
  return attempt;
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
  if ('error' in got) attempt.seen = errors[got.error] ?? attempt.seen!;
  else attempt.seen = got.data.length > 0 ? 'answered' : 'hung';
};

/** All at once; a first SYN that is lost is not waited for twice. */
const attemptAll = async (questions: readonly PairQuestion[], waitMs: number): Promise<readonly PairOutcome[]> => {
  const attempts = questions.map((question) => sys.inNetnsFile(question.path, () => begin(question)));
  const until = performance.now() + waitMs;
  while (attempts.some((attempt) => attempt.seen === undefined) && performance.now() < until) {
    for (const attempt of attempts) advance(attempt);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return attempts.map((attempt) => {
    sys.close(attempt.fd);
    return attempt.seen ?? (attempt.sent ? 'hung' : 'silent');
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

const formatTarget = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

export interface PairOptions {
  /** A netns outside the host, and the address it asks from. */
  readonly outside?: { readonly path: string; readonly address: string };
  /** Somebody out there who listens on port 80. */
  readonly world?: string;
  readonly waitMs?: number;
}

/** Container → every address of every other end, port 80 and one where nobody listens; published ports on every address of the host. */
export const pairQuestions = (graph: Graph, options: PairOptions = {}): readonly PairQuestion[] => {
  const paths = netnsPaths();
  const ends = [...graph.netns.values()].filter(
    (node) => (node.facts.isHost || node.containers.length > 0) && paths.has(node.facts.inode),
  );
  const hosts = ends.filter((node) => node.facts.isHost);
  const ports = [
    ...new Set(graph.ports.filter((port) => port.published.proto === 'tcp').map((port) => port.published.hostPort)),
  ];
  const targets = [
    ...ends.flatMap((node) => familyAddresses(graph, node.id).map((address) => ({ address, port: 80 }))),
    ...ends
      .filter((node) => !node.facts.isHost)
      .flatMap((node) =>
        familyAddresses(graph, node.id)
          .slice(0, 1)
          .map((address) => ({ address, port: 81 })),
      ),
    ...[...hosts.flatMap((node) => familyAddresses(graph, node.id)), '127.0.0.1'].flatMap((address) =>
      [...ports, 8090].map((port) => ({ address, port })),
    ),
    ...(options.world === undefined ? [] : [{ address: options.world, port: 80 }]),
  ];
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
  return [...inside, ...outer].map((one) => ({ ...one, to: formatTarget(one.address, one.port) }));
};

/** Predicts and tries every question; `agrees` is false where the real connection went another way. */
export const probePairs = async (graph: Graph, options: PairOptions = {}): Promise<readonly PairResult[]> => {
  const questions = pairQuestions(graph, options);
  const traces = questions.map((question) => tracePacket(graph, { from: question.from, to: question.to }));
  const seen = [...(await attemptInTurns(questions, options.waitMs ?? 700, 60))];
  const agrees = (n: number): boolean => {
    const trace = traces[n]!;
    return 'error' in trace || possible[trace.outcome].includes(seen[n]!);
  };
  // A small server's queue overflows when many ask at once: what disagrees is tried again, a few at a time and patiently.
  const again = questions.map((_, n) => n).filter((n) => !agrees(n));
  const second = await attemptInTurns(
    again.map((n) => questions[n]!),
    2500,
    8,
  );
  for (const [at, n] of again.entries()) seen[n] = second[at]!;
  return questions.map((question, n) => {
    const trace = traces[n]!;
    if ('error' in trace) throw new Error(`${question.from} → ${question.to}: ${trace.error}`);
    return { question, trace, seen: seen[n]!, agrees: agrees(n) };
  });
};
