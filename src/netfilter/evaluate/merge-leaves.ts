/** The ends of all walks → one result: certain when they agree in everything that matters later. */

import { isUnknown } from '../context.ts';
import type { HookResult, RuleStep } from '../hook-result.ts';
import { type Leaf, type Link, listOf, stateKey, type Walk } from './walk.ts';

export function mergeLeaves(leaves: readonly Leaf[]): HookResult {
  const distinct = new Map<string, Leaf>();
  // The last to be followed is the way on which fewest unknown matches were assumed to hold.
  for (const leaf of leaves) if (!distinct.has(outcomeKey(leaf))) distinct.set(outcomeKey(leaf), leaf);
  const [first, ...others] = [...distinct.values()];
  if (first === undefined) throw new Error('a walk that never ended');
  if (others.length === 0) return resultOf(first, first.verdict === 'unknown' ? first.dependsOn : undefined);
  return undecided(
    first.walk,
    [first, ...others],
    [...distinct.values()].map((leaf) => resultOf(leaf, leaf.dependsOn)),
  );
}

export function tooManyWays(start: Walk, leaves: readonly Leaf[]): HookResult {
  return undecided(leaves[0]?.walk ?? start, leaves, []);
}

function undecided(walk: Walk, leaves: readonly Leaf[], alternatives: readonly HookResult[]): HookResult {
  const steps = listOf(walk.steps);
  const at = steps.findIndex((step) => step.verdict === 'unknown');
  const shown = at < 0 ? steps : steps.slice(0, at + 1);
  const last = shown.at(-1);
  const doubts = new Set(
    leaves.flatMap((leaf) => [...listOf(leaf.walk.doubts), ...(leaf.dependsOn === undefined ? [] : [leaf.dependsOn])]),
  );
  return {
    verdict: 'unknown',
    steps: shown,
    ...(last !== undefined && { decidedBy: last }),
    packet: last?.packet ?? walk.view.packet,
    notrack: false,
    ctTemplate: [],
    dependsOn: [...doubts].slice(0, 4).join('\n'),
    alternatives,
  };
}

function resultOf(leaf: Leaf, dependsOn: string | undefined): HookResult {
  const { walk } = leaf;
  const { view } = walk;
  const steps = listOf(walk.steps as Link<RuleStep> | undefined);
  return {
    verdict: leaf.verdict,
    steps,
    ...(leaf.decidedBy !== undefined && { decidedBy: leaf.decidedBy }),
    packet: view.packet,
    ...(view.unknownMark !== undefined && { unknownMark: view.unknownMark }),
    ...(leaf.nat !== undefined && { nat: leaf.nat }),
    ...(leaf.rejectWith !== undefined && { rejectWith: leaf.rejectWith }),
    ...(walk.tproxy !== undefined && { tproxy: walk.tproxy }),
    notrack: walk.notrack,
    ...(view.ctMark !== undefined && !isUnknown(view.ctMark) && { ctMark: view.ctMark }),
    ...(isUnknown(view.ctMark) && { unknownCtMark: view.ctMark }),
    ctTemplate: listOf(walk.templates),
    ...(dependsOn !== undefined && { dependsOn }),
    alternatives: [],
  };
}

function outcomeKey(leaf: Leaf): string {
  const { at: _, ...nat } = leaf.nat ?? { at: undefined };
  return JSON.stringify([leaf.verdict, leaf.rejectWith, nat, leaf.dependsOn, stateKey(leaf.walk)]);
}
