/** Walks a packet through base chains as the kernel does, three-valued. */
import type { Packet } from '../model/packet.ts';
import type { Ruleset, Table } from '../model/ruleset.ts';
import type { EvaluationContext } from './context.ts';
import { chainCompiler } from './evaluate/chain-compiler.ts';
import { chainGuards } from './evaluate/chain-guards.ts';
import { mergeLeaves, tooManyWays } from './evaluate/merge-leaves.ts';
import { isWalks, nextBase, type Program, runWalk } from './evaluate/run-walk.ts';
import { viewOf } from './evaluate/view.ts';
import { type ChainCode, type Leaf, placeKey, type Walk } from './evaluate/walk.ts';
import type { HookedChain, HookResult } from './hook-result.ts';

/** Ways that are followed before the answer is just "unknown". */
const mostLeaves = 64;
const ruleBudget = 1_000_000;

/**
 * The chains of one stage in order: drop and reject are final, accept ends one base chain only, the first nat statement ends a NAT stage.
 * Where a match is unknown both ways are followed; the answer is certain when they end alike.
 */
export function evaluateChains(
  ruleset: Ruleset,
  chains: readonly HookedChain[],
  packet: Packet,
  context: EvaluationContext,
): HookResult {
  const view = viewOf(packet, context);
  const codes = chainCodes(ruleset, chains);
  const first = codes[0];
  if (first === undefined)
    return { verdict: 'accept', steps: [], packet, notrack: false, ctTemplate: [], alternatives: [] };
  const program: Program = { chains, codes, budget: ruleBudget, leaves: [] };
  const start: Walk = {
    base: -1,
    code: first,
    rule: 0,
    statement: 0,
    frames: undefined,
    view,
    steps: undefined,
    doubts: undefined,
    templates: undefined,
    notrack: false,
    tproxy: undefined,
  };
  return followAll(program, start);
}

function followAll(program: Program, start: Walk): HookResult {
  const pending: Walk[] = [];
  const seen = new Set<string>();
  const take = (ended: Leaf | readonly Walk[]): void => {
    if (!isWalks(ended)) program.leaves.push(ended);
    else
      for (const walk of ended) {
        // Ways that meet again in the same state go on as one.
        const key = placeKey(walk);
        if (seen.has(key)) continue;
        seen.add(key);
        pending.push(walk);
      }
  };
  take(nextBase(program, start) ?? [start]);
  while (pending.length > 0) {
    take(runWalk(program, pending.pop()!));
    if (program.leaves.length > mostLeaves) return tooManyWays(start, program.leaves);
  }
  return mergeLeaves(program.leaves);
}

/** Chains of each table by name, made ready on first use. */
function chainCodes(ruleset: Ruleset, chains: readonly HookedChain[]): readonly ChainCode[] {
  let count = 0;
  const finders = new Map<Table, (name: string) => ChainCode | undefined>();
  const finderOf = (table: Table): ((name: string) => ChainCode | undefined) => {
    const known = finders.get(table);
    if (known !== undefined) return known;
    const codes = new Map<string, ChainCode>();
    const find = (name: string): ChainCode | undefined => {
      const made = codes.get(name);
      const chain = table.chains.get(name);
      if (made !== undefined || chain === undefined) return made;
      const compile = chainCompiler(table, chain, ruleset.ipsets);
      const code: ChainCode = { id: count++, table, chain, compile, guards: chainGuards(table, chain), find };
      codes.set(name, code);
      return code;
    };
    finders.set(table, find);
    return find;
  };
  return chains.flatMap(({ table, chain }) => finderOf(table)(chain.name) ?? []);
}
