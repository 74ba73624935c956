/** A table of ours that marks the probe's packets for tracing; the kernel removes it when the nft that made it ends, however it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { commandPath } from '../../run-command.ts';
import { tablePrefix } from '../live-order.ts';
import type { FlowTuple } from '../watch-order.ts';
import { flowMatches } from './flow-rules.ts';
import type { Place } from './place-door.ts';

/** What the probe's packets have in common through NAT: the port or echo id that was chosen for it. */
export type ProbeMark =
  | { readonly kind: 'port'; readonly proto: 'tcp' | 'udp'; readonly port: number }
  | { readonly kind: 'echo'; readonly proto: 'icmp' | 'icmpv6'; readonly id: number };

export type FlowMark =
  | ProbeMark
  /** Of a flow that others make: so many a second at most, counted before and after that limit. */
  | { readonly kind: 'flow'; readonly tuples: readonly FlowTuple[]; readonly perSecond: number };

const readyMs = 3000;
/** Enough for any probe, little beside a busy flow that happens to use the same port. */
const limit = 'limit rate 200/second burst 50 packets';

const matches = (mark: FlowMark): readonly string[] => {
  switch (mark.kind) {
    case 'port':
      return [`${mark.proto} sport ${mark.port}`, `${mark.proto} dport ${mark.port}`];
    case 'echo':
      return [`${mark.proto} type { echo-request, echo-reply } ${mark.proto} id ${mark.id}`];
    case 'flow':
      return flowMatches(mark.tuples);
  }
};

const marking = (mark: FlowMark): readonly string[] =>
  matches(mark).map((match) =>
    mark.kind === 'flow'
      ? `${match} counter limit rate ${mark.perSecond}/second burst ${mark.perSecond} packets counter meta nftrace set 1`
      : `${match} ${limit} meta nftrace set 1`,
  );

/** Marks before anything else can drop (raw is -300), and watches after everything else: before conntrack confirms at INT_MAX. */
const first = -350;
const last = 2_147_483_000;

export const traceTableText = (family: 4 | 6, name: string, mark: FlowMark): string => {
  const rules = marking(mark);
  const chain = (hook: string, priority: number, body: readonly string[]) =>
    `chain ${hook} { type filter hook ${hook} priority ${priority}; policy accept; ${body.map((one) => `${one}; `).join('')}}`;
  const chains = [
    chain('prerouting', first, rules),
    chain('output', first, rules),
    chain('forward', last, []),
    chain('input', last, []),
    chain('postrouting', last, []),
  ];
  return `add table ${family === 4 ? 'ip' : 'ip6'} ${name} { flags owner; ${chains.join('; ')}; }`;
};

/** Frames meet the bridge family's rules before br_netfilter shows them to the others, or without it. */
export const bridgeTableText = (name: string, mark: FlowMark): string => {
  const rules = marking(mark).map((one) => `${one}; `);
  const chain = (hook: string) =>
    `chain ${hook} { type filter hook ${hook} priority ${first}; policy accept; ${rules.join('')}}`;
  return `add table bridge ${name} { flags owner; ${chain('prerouting')}; ${chain('output')}; }`;
};

export interface TraceTable {
  readonly name: string;
  /** Resolves when nft has ended and the table is gone: with how many packets of a flow the limit left unmarked. */
  close(): Promise<number>;
}

/** Of each rule of a flow: what matched, less what was within the limit. */
export const unmarked = (listing: string): number => {
  let left = 0;
  for (const line of listing.split('\n')) {
    const [all, within] = [...line.matchAll(/counter packets (\d+)/g)].map((match) => Number(match[1]));
    if (all !== undefined && within !== undefined) left += all - within;
  }
  return left;
};

const listingLimit = 64 * 1024;

/** At its end, with its output read. */
const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) resolve();
    else child.once('close', () => resolve());
  });

/** Resolves when the table stands, or with the reason why it does not. */
export const makeTraceTable = (
  nft: string,
  place: Place,
  family: 4 | 6,
  mark: FlowMark,
): Promise<TraceTable | { readonly error: string }> => {
  const name = `${tablePrefix}${process.pid}`;
  // Reading commands from a pipe it stays alive until the pipe closes, and with it its socket, which owns the table.
  const child = spawn('nsenter', ['--net=/proc/self/fd/3', nft, '-i'], {
    stdio: ['pipe', 'pipe', 'pipe', place.fd],
    env: { LC_ALL: 'C', PATH: commandPath(), HOME: '/nonexistent' },
  });
  const tables = [...(place.bridge ? ['bridge'] : []), family === 4 ? 'ip' : 'ip6'];
  let said = '';
  const close = async (): Promise<number> => {
    said = '';
    child.stdin?.write(tables.map((table) => `list table ${table} ${name}\n`).join(''));
    // Of a table that ends with its owner the kernel tells nobody; who follows the rules must hear of it.
    child.stdin?.end(tables.map((table) => `delete table ${table} ${name}\n`).join(''));
    const timer = setTimeout(() => child.kill('SIGKILL'), 1000);
    await ended(child);
    clearTimeout(timer);
    return unmarked(said);
  };
  return new Promise((resolve) => {
    const fail = (error: string): void => {
      clearTimeout(timer);
      void close().then(() => resolve({ error }));
    };
    const timer = setTimeout(() => fail('nft did not answer'), readyMs);
    let complained = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-listingLimit);
      if (!said.includes(name)) return;
      clearTimeout(timer);
      resolve({ name, close });
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      complained += chunk.toString('utf8');
      fail(complained.trim().split('\n')[0] ?? 'refused');
    });
    child.on('error', (error) => fail(error.message));
    child.on('exit', () => fail(complained.trim().split('\n')[0] || 'nft ended at once'));
    child.stdin?.on('error', () => {});
    const texts = [...(place.bridge ? [bridgeTableText(name, mark)] : []), traceTableText(family, name, mark)];
    child.stdin?.write(`${texts.join('\n')}\nlist tables\n`);
  });
};
