/** One walk of a packet through base chains: where it is, what it has met, and what had to be assumed. */
import type { Chain, Rule, Table } from '../../model/ruleset.ts';
import type { Unknown } from '../context.ts';
import type { HookResult, HookVerdict, NatRequest, RuleName, RuleStep } from '../hook-result.ts';
import type { ChainCompiler } from './chain-compiler.ts';
import type { ChainGuards } from './chain-guards.ts';
import type { View } from './view.ts';

/** A chain ready to be walked. */
export interface ChainCode {
  readonly id: number;
  readonly table: Table;
  readonly chain: Chain;
  readonly compile: ChainCompiler;
  readonly guards: ChainGuards;
  readonly find: (name: string) => ChainCode | undefined;
}

/** Lists that grow by one and are shared by walks that part. */
export interface Link<T> {
  readonly last: T;
  readonly before: Link<T> | undefined;
  readonly length: number;
}

export const append = <T>(before: Link<T> | undefined, last: T): Link<T> => ({
  last,
  before,
  length: (before?.length ?? 0) + 1,
});

export function listOf<T>(link: Link<T> | undefined): readonly T[] {
  const items: T[] = [];
  for (let each = link; each !== undefined; each = each.before) items.push(each.last);
  return items.reverse();
}

/** Where a jump returns to. */
export interface Frame {
  readonly code: ChainCode;
  readonly rule: number;
}

export interface Walk {
  /** Which base chain. */
  base: number;
  code: ChainCode;
  /** Position of the rule, and of the statement in it when an unknown condition is assumed to hold. */
  rule: number;
  statement: number;
  frames: Link<Frame> | undefined;
  view: View;
  steps: Link<RuleStep> | undefined;
  doubts: Link<string> | undefined;
  templates: Link<string> | undefined;
  notrack: boolean;
  tproxy: HookResult['tproxy'];
}

/** The end of a walk. */
export interface Leaf {
  readonly verdict: HookVerdict;
  readonly walk: Walk;
  readonly decidedBy?: RuleStep;
  readonly nat?: NatRequest;
  readonly rejectWith?: string;
  readonly dependsOn?: string;
}

export function ruleName(code: ChainCode, rule: Rule | undefined): RuleName {
  const { table, chain } = code;
  return {
    backend: table.backend,
    family: table.family,
    table: table.name,
    chain: chain.name,
    index: rule?.index ?? 0,
    rule: rule?.text ?? `policy ${chain.base?.policy ?? 'accept'}`,
    ...(rule?.handle !== undefined && { handle: rule.handle }),
  };
}

export function record(walk: Walk, rule: Rule | undefined, step: Omit<RuleStep, 'at' | 'packet'>): RuleStep {
  const made: RuleStep = { at: ruleName(walk.code, rule), ...step, packet: walk.view.packet };
  walk.steps = append(walk.steps, made);
  return made;
}

export const doubtOf = (rule: Rule, reason: Unknown): string => `${rule.text} (${reason.unknown})`;

/** Two walks with the same key have the same future. */
export function placeKey(walk: Walk): string {
  const frames = listOf(walk.frames).map((frame) => `${frame.code.id}:${frame.rule}`);
  return `${walk.base} ${walk.code.id}:${walk.rule}:${walk.statement} ${frames.join(',')} ${stateKey(walk)}`;
}

/** Everything rules can change. */
export function stateKey(walk: Walk): string {
  const { packet, unknownMark, ctMark, untracked } = walk.view;
  const templates = listOf(walk.templates);
  const { mark, ttl, tos, src, dst, sport, dport } = packet;
  return JSON.stringify([
    mark,
    ttl,
    tos,
    src,
    dst,
    sport,
    dport,
    unknownMark,
    ctMark,
    untracked,
    walk.notrack,
    templates,
    walk.tproxy,
  ]);
}
