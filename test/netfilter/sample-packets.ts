/** Packets, contexts and rulesets the netfilter tests share; each test says only what matters to it. */
import type { CtState, Packet, Tuple } from '../../src/model/packet.ts';
import type { Hook, Ruleset } from '../../src/model/ruleset.ts';
import type { CtStatus, CtView, EvaluationContext } from '../../src/netfilter/context.ts';
import { evaluateChains } from '../../src/netfilter/evaluate-chains.ts';
import type { HookResult } from '../../src/netfilter/hook-result.ts';
import { baseChains } from '../../src/netfilter/hook-stages.ts';
import { parseRuleset } from '../../src/netfilter/parse-ruleset.ts';

export const present = { nftTables: [], legacyTables: [], legacyTables6: [] };

/** A TCP SYN from a container behind docker0 to a web server outside. */
export const syn = (changes: Partial<Packet> = {}): Packet => ({
  family: 4,
  src: '172.17.0.2',
  dst: '198.51.100.7',
  proto: 'tcp',
  sport: 40000,
  dport: 80,
  ttl: 64,
  mark: 0,
  tos: 0,
  length: 60,
  dontFragment: true,
  in: 'docker0',
  out: 'eth0',
  ...changes,
});

export const syn6 = (changes: Partial<Packet> = {}): Packet =>
  syn({ family: 6, src: 'fd00:17::2', dst: '2001:db8::7', length: 80, ...changes });

export const around = (changes: Partial<EvaluationContext> = {}): EvaluationContext => ({
  ct: undefined,
  bridged: false,
  pktType: 'host',
  local: false,
  addressType: () => 'unicast',
  fib: () => undefined,
  reversePath: () => true,
  linkIndex: (name) => ({ lo: 1, eth0: 2, docker0: 3 })[name],
  socket: null,
  ...changes,
});

const tuple: Tuple = { src: '172.17.0.2', dst: '198.51.100.7', proto: 'tcp', sport: 40000, dport: 80 };

export const entry = (state: CtState, status: readonly CtStatus[] = [], changes: Partial<CtView> = {}): CtView => ({
  state,
  status: new Set(status),
  direction: 'original',
  mark: 0,
  original: tuple,
  reply: { src: tuple.dst, dst: tuple.src, proto: 'tcp', sport: 80, dport: 40000 },
  ...changes,
});

export const iptables = (text: string, others: { readonly ipsets?: string } = {}): Ruleset =>
  parseRuleset({ iptablesNft: text, present, ...others });

export const ip6tables = (text: string): Ruleset => parseRuleset({ ip6tablesNft: text, present });

/** One table `inet t` of nft's JSON. */
export const nft = (...objects: readonly unknown[]): Ruleset =>
  parseRuleset({
    nft: JSON.stringify({ nftables: [{ table: { family: 'inet', name: 't', handle: 1 } }, ...objects] }),
    present,
  });

export const nftChain = (name: string, base: object = {}): unknown => ({
  chain: { family: 'inet', table: 't', name, ...base },
});
export const forwardChain = nftChain('c', { type: 'filter', hook: 'forward', prio: 0, policy: 'accept' });
export const nftRule = (...expr: readonly unknown[]): unknown => ({
  rule: { family: 'inet', table: 't', chain: 'c', expr },
});

export const evaluate = (
  ruleset: Ruleset,
  packet: Packet = syn(),
  context: EvaluationContext = around(),
  hook: Hook = 'forward',
): HookResult => {
  const family = packet.family === 4 ? 'ip' : 'ip6';
  return evaluateChains(ruleset, baseChains(ruleset, family, hook).chains, packet, context);
};

/** What one iptables rule in an otherwise accepting FORWARD does: `drop` where it matches. */
export const matches = (
  rule: string,
  packet: Packet = syn(),
  context: EvaluationContext = around(),
): boolean | 'unknown' => {
  const text = `*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD ${rule} -j DROP\nCOMMIT\n`;
  const ruleset = packet.family === 4 ? iptables(text) : ip6tables(text);
  return answer(evaluate(ruleset, packet, context));
};

/** The same for the matches of an nft rule. */
export const nftMatches = (
  expr: readonly unknown[],
  packet: Packet = syn(),
  context: EvaluationContext = around(),
): boolean | 'unknown' => answer(evaluate(nft(forwardChain, nftRule(...expr, { drop: null })), packet, context));

const answer = (result: HookResult): boolean | 'unknown' => {
  if (result.verdict === 'unknown') return 'unknown';
  return result.verdict === 'drop';
};
