/** Rule counters before and after: the rule that was predicted to decide must have counted the packet. */
import { spawnSync } from 'node:child_process';
import type { RuleRef, Trace } from '../../src/trace/trace.ts';

/** `netns backend family table chain index` → packets. */
export type Counters = ReadonlyMap<string, number>;

const keyOf = (netns: string, backend: string, table: string, chain: string, index: number): string =>
  [netns, backend, table, chain, index].join(' ');

const fromSave = (counters: Map<string, number>, netns: string, backend: string, text: string): void => {
  let table = '';
  const positions = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) {
      table = line.slice(1);
      positions.clear();
    }
    const policy = /^:(\S+) \S+ \[(\d+):/.exec(line);
    if (policy !== null) counters.set(keyOf(netns, backend, table, policy[1]!, 0), Number(policy[2]));
    const rule = /^\[(\d+):\d+\] -A (\S+)/.exec(line);
    if (rule === null) continue;
    const index = (positions.get(rule[2]!) ?? 0) + 1;
    positions.set(rule[2]!, index);
    counters.set(keyOf(netns, backend, table, rule[2]!, index), Number(rule[1]));
  }
};

interface NftRule {
  readonly table: string;
  readonly chain: string;
  readonly expr: readonly { readonly counter?: { readonly packets: number } | null }[];
}

const fromNft = (counters: Map<string, number>, netns: string, text: string): void => {
  const document = JSON.parse(text === '' ? '{"nftables":[]}' : text) as {
    readonly nftables: readonly { readonly rule?: NftRule }[];
  };
  const positions = new Map<string, number>();
  for (const { rule } of document.nftables) {
    if (rule === undefined) continue;
    const place = `${rule.table} ${rule.chain}`;
    const index = (positions.get(place) ?? 0) + 1;
    positions.set(place, index);
    const counter = rule.expr.find((expression) => expression.counter)?.counter;
    if (counter) counters.set(keyOf(netns, 'nft', rule.table, rule.chain, index), counter.packets);
  }
};

const commands = [
  ['iptables-nft', 'iptables-nft-save -c 2>/dev/null'],
  ['iptables-legacy', 'test -n "$(cat /proc/net/ip_tables_names 2>/dev/null)" && iptables-legacy-save -c'],
  ['nft', 'nft -j list ruleset'],
] as const;

export const readCounters = (prefix: string, names: readonly string[]): Counters => {
  const counters = new Map<string, number>();
  for (const name of names) {
    for (const [backend, command] of commands) {
      const { stdout } = spawnSync('nsenter', [`--net=/run/netns/${prefix}${name}`, 'sh', '-c', command], {
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      });
      if (backend === 'nft') fromNft(counters, name, stdout);
      else fromSave(counters, name, backend, stdout);
    }
  }
  return counters;
};

export interface CounterFault {
  readonly text: string;
  /** Numbers of the probes that were predicted to be counted. */
  readonly probes: readonly number[];
}

interface Wanted {
  readonly rule: RuleRef;
  readonly probes: number[];
  readonly who: string[];
}

/** Rules and policies that ended a packet's way, and whose. */
const expected = (
  traces: ReadonlyMap<number, Trace>,
  nameOf: (netns: string) => string,
): ReadonlyMap<string, Wanted> => {
  const wanted = new Map<string, Wanted>();
  for (const [number, trace] of traces) {
    for (const direction of [trace.request, trace.reply]) {
      const hop = direction?.hops.at(-1);
      const step = hop?.steps.at(-1);
      const rule = step?.evidence.rule;
      if (
        hop === undefined ||
        rule === undefined ||
        rule.family === 'ip6' ||
        (step!.verdict !== 'dropped' && step!.verdict !== 'rejected')
      )
        continue;
      if (rule.index === 0 && rule.backend === 'nft') continue;
      const key = keyOf(nameOf(hop.netns), rule.backend, rule.table, rule.chain, rule.index);
      const one = wanted.get(key) ?? { rule, probes: [], who: [] };
      wanted.set(key, one);
      one.probes.push(number);
      one.who.push(trace.explanation);
    }
  }
  return wanted;
};

export const checkCounters = (
  traces: ReadonlyMap<number, Trace>,
  nameOf: (netns: string) => string,
  before: Counters,
  after: Counters,
): readonly CounterFault[] => {
  const faults: CounterFault[] = [];
  // Which of two chains of equal priority runs first is not shown by the tools of different backends.
  const has = (netns: string, backend: string): boolean =>
    [...before.keys()].some((key) => key.startsWith(`${netns} ${backend} `));
  const mixes = (netns: string): boolean =>
    has(netns, 'iptables-legacy') && (has(netns, 'nft') || has(netns, 'iptables-nft'));
  for (const [key, { probes, rule, who }] of expected(traces, nameOf)) {
    const counted = (after.get(key) ?? 0) - (before.get(key) ?? 0);
    if (!after.has(key) || counted >= probes.length || mixes(key.split(' ')[0]!)) continue;
    const text = `${key} counted ${counted} packets, predicted at least ${probes.length}: ${rule.rule}\n  ${who.join('\n  ')}`;
    faults.push({ text, probes });
  }
  return faults;
};
