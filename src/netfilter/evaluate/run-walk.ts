/** Runs a walk until it ends or parts: the kernel's ip(6)t_do_table and nft_do_chain, three-valued. */
import type { Rule } from '../../model/ruleset.ts';
import type { Verdict } from '../../model/statement.ts';
import { isUnknown, type Unknown } from '../context.ts';
import type { HookedChain } from '../hook-result.ts';
import { mayBeDormant } from '../nft/unreadable-flag.ts';
import { type CompiledRule, type CompiledStatement, statementAt } from './chain-compiler.ts';
import { nextCandidate } from './chain-guards.ts';
import { append, type ChainCode, doubtOf, type Leaf, record, type Walk } from './walk.ts';

export interface Program {
  readonly chains: readonly HookedChain[];
  readonly codes: readonly ChainCode[];
  /** Rules that may still be looked at, against rules that jump in circles. */
  budget: number;
  /** Walks that have ended. */
  readonly leaves: Leaf[];
}

/** undefined: go on. */
type Outcome = Leaf | readonly Walk[] | undefined;

/** nft allows 16 nested jumps, iptables as many as chains; no kernel allows a circle. */
const deepest = 1000;
/** Gotos in a circle nest nothing: no packet matches so many rules on its way. */
const mostSteps = 100_000;

export function runWalk(program: Program, walk: Walk): Leaf | readonly Walk[] {
  for (;;) {
    if (walk.statement === 0) walk.rule = nextCandidate(walk.code.guards, walk.rule, walk.view);
    const rule = walk.code.compile(walk.rule);
    const outcome = rule === undefined ? leaveChain(program, walk) : runRule(program, walk, rule);
    if (outcome !== undefined) return outcome;
    if (program.budget-- <= 0) return { verdict: 'unknown', walk, dependsOn: 'rules that do not come to an end' };
  }
}

/** End of a chain, or return: back to the last jump, else the base chain's policy. */
function leaveChain(program: Program, walk: Walk): Outcome {
  if (walk.frames !== undefined) {
    const { last, before } = walk.frames;
    walk.code = last.code;
    walk.rule = last.rule;
    walk.frames = before;
    return walk.doubts === undefined ? undefined : [walk];
  }
  const base = program.codes[walk.base]!;
  walk.code = base;
  const drops = base.chain.base?.policy === 'drop';
  if (drops || base.chain.rules.length > 0) {
    const step = record(walk, undefined, { matched: 'yes', verdict: drops ? 'drop' : 'accept' });
    if (drops) return { verdict: 'drop', walk, decidedBy: step };
  }
  return nextBase(program, walk);
}

/** To the next base chain; its first rule is looked at next. */
export function nextBase(program: Program, walk: Walk): Outcome {
  const code = program.codes[walk.base + 1];
  if (code === undefined) return { verdict: 'accept', walk };
  if (mayBeDormant(code.table)) return enterOrSkip(program, walk, code);
  enterBase(walk, code);
  return walk.doubts === undefined ? undefined : [walk];
}

function enterBase(walk: Walk, code: ChainCode): void {
  walk.base++;
  walk.code = code;
  walk.rule = 0;
  walk.statement = 0;
  walk.frames = undefined;
}

function enterOrSkip(program: Program, walk: Walk, code: ChainCode): Outcome {
  const doubts = append(walk.doubts, `whether table ${code.table.family} ${code.table.name} is dormant`);
  const skipped: Walk = { ...walk, doubts, base: walk.base + 1 };
  const entered: Walk = { ...walk, doubts };
  enterBase(entered, code);
  const next = nextBase(program, skipped) ?? [skipped];
  if (isWalks(next)) return [entered, ...next];
  program.leaves.push(next);
  return [entered];
}

export const isWalks = (ended: Leaf | readonly Walk[]): ended is readonly Walk[] => Array.isArray(ended);

function runRule(program: Program, walk: Walk, compiled: CompiledRule): Outcome {
  let matched = true;
  let changed = false;
  for (let n = walk.statement; ; n++) {
    const statement = statementAt(compiled, n);
    if (statement === undefined) break;
    if (statement.kind === 'condition') {
      const truth = statement.test(walk.view);
      if (truth === true) continue;
      if (truth === false) {
        matched = changed;
        break;
      }
      return part(walk, compiled, n, truth) ?? nextRule(walk);
    }
    if (statement.kind === 'note') continue;
    const effect = runEffect(program, walk, compiled, statement);
    if (effect === 'end') return nextRule(walk);
    if (effect === 'moved') {
      walk.statement = 0;
      return undefined;
    }
    if (effect === 'changed') changed = true;
    else if (effect !== 'same') return effect;
  }
  if (matched) record(walk, compiled.rule, { matched: 'yes', verdict: changed ? 'changed' : 'continue' });
  return nextRule(walk);
}

function nextRule(walk: Walk): undefined {
  walk.rule++;
  walk.statement = 0;
}

/**
 * Condition n is unknown. When a later one says no, the rule does not match after all; when nothing follows that matters, both ways are
 * one (undefined). Else two walks.
 */
function part(walk: Walk, compiled: CompiledRule, n: number, reason: Unknown): readonly Walk[] | undefined {
  let resume = n + 1;
  for (; ; resume++) {
    const statement = statementAt(compiled, resume);
    if (statement?.kind === 'condition') {
      if (statement.test(walk.view) === false) return undefined;
    } else if (statement?.kind !== 'note') break;
  }
  const decides = statementAt(compiled, resume) !== undefined;
  record(walk, compiled.rule, {
    matched: 'unknown',
    verdict: decides ? 'unknown' : 'continue',
    reason: reason.unknown,
  });
  if (!decides) return undefined;
  const doubts = append(walk.doubts, doubtOf(compiled.rule, reason));
  return [
    { ...walk, doubts, statement: resume },
    { ...walk, doubts, rule: walk.rule + 1, statement: 0 },
  ];
}

/** 'end': the rule is over; 'moved': another rule is next; 'changed', 'same': go on in this rule. */
type Effect = Leaf | readonly Walk[] | 'end' | 'moved' | 'changed' | 'same';

function runEffect(
  program: Program,
  walk: Walk,
  compiled: CompiledRule,
  statement: Exclude<CompiledStatement, { kind: 'condition' | 'note' }>,
): Effect {
  const { rule } = compiled;
  switch (statement.kind) {
    case 'verdict':
      return perform(program, walk, rule, statement.verdict);
    case 'vmap': {
      const element = statement.find(walk.view);
      if (element === undefined) return 'end';
      if (isUnknown(element)) return partByVerdict(program, walk, rule, statement.verdicts, element);
      return element.verdict === undefined ? 'end' : perform(program, walk, rule, element.verdict);
    }
    case 'assign': {
      const assigned = statement.assign(walk.view);
      if (assigned === 'break') return 'end';
      if (isUnknown(assigned)) return lost(walk, rule, assigned);
      walk.view = assigned.view;
      return assigned.changed ? 'changed' : 'same';
    }
    case 'nat': {
      const request = statement.request(walk.view, record(walk, rule, { matched: 'yes', verdict: 'nat' }).at);
      if (request === 'break') {
        walk.steps = walk.steps?.before;
        return 'end';
      }
      if (isUnknown(request)) return lost(walk, rule, request);
      return { verdict: 'accept', walk, nat: request, ...(walk.steps && { decidedBy: walk.steps.last }) };
    }
    case 'effect':
      return runOther(program, walk, rule, statement.statement);
    case 'unknown-effect':
      return lost(walk, rule, statement.reason);
  }
}

function lost(walk: Walk, rule: Rule, reason: Unknown): Leaf {
  const step = record(walk, rule, { matched: 'yes', verdict: 'unknown', reason: reason.unknown });
  return { verdict: 'unknown', walk, decidedBy: step, dependsOn: doubtOf(rule, reason) };
}

type Other = Extract<CompiledStatement, { kind: 'effect' }>['statement'];

function runOther(program: Program, walk: Walk, rule: Rule, statement: Other): Effect {
  switch (statement.kind) {
    case 'reject': {
      const step = record(walk, rule, { matched: 'yes', verdict: 'reject' });
      return {
        verdict: 'reject',
        walk,
        decidedBy: step,
        ...(statement.with !== undefined && { rejectWith: statement.with }),
      };
    }
    case 'notrack':
      // What conntrack has seen before stays tracked (notrack_tg, nft_notrack_eval).
      if (walk.view.context.ct !== undefined) return 'same';
      walk.view = { ...walk.view, untracked: true };
      walk.notrack = true;
      return 'changed';
    case 'ct-template':
      walk.templates = append(walk.templates, rule.text);
      return 'changed';
    case 'tproxy': {
      const { address, port } = statement;
      walk.tproxy = {
        ...(address?.kind === 'constant' && { address: String(address.value) }),
        ...(port?.kind === 'constant' && { port: Number(port.value) }),
      };
      if (walk.code.table.backend === 'nft') return 'changed';
      record(walk, rule, { matched: 'yes', verdict: 'tproxy' });
      return moved(nextBase(program, walk));
    }
  }
}

const moved = (outcome: Outcome): Effect => outcome ?? 'moved';

function perform(program: Program, walk: Walk, rule: Rule, verdict: Verdict): Effect {
  walk.statement = 0;
  switch (verdict.kind) {
    case 'continue':
      record(walk, rule, { matched: 'yes', verdict: 'continue' });
      return 'end';
    case 'accept':
      record(walk, rule, { matched: 'yes', verdict: 'accept' });
      return moved(nextBase(program, walk));
    case 'drop':
    case 'queue': {
      const step = record(walk, rule, { matched: 'yes', verdict: verdict.kind });
      return { verdict: verdict.kind, walk, decidedBy: step };
    }
    case 'return':
      record(walk, rule, { matched: 'yes', verdict: 'return' });
      return moved(leaveChain(program, walk));
    case 'jump':
    case 'goto':
      return enterChain(walk, rule, verdict.kind, verdict.chain);
  }
}

function enterChain(walk: Walk, rule: Rule, how: 'jump' | 'goto', name: string): Effect {
  const target = walk.code.find(name);
  if (target === undefined) return lost(walk, rule, { unknown: `chain ${name} is not there` });
  const circles = (walk.frames?.length ?? 0) > deepest || (walk.steps?.length ?? 0) > mostSteps;
  if (circles) return lost(walk, rule, { unknown: 'jumps that go in circles' });
  record(walk, rule, { matched: 'yes', verdict: how, chain: name });
  if (how === 'jump') walk.frames = append(walk.frames, { code: walk.code, rule: walk.rule + 1 });
  walk.code = target;
  walk.rule = 0;
  return 'moved';
}

/** Which element of a verdict map is taken is unknown: one walk for each verdict it has, and one for none. */
function partByVerdict(
  program: Program,
  walk: Walk,
  rule: Rule,
  verdicts: readonly Verdict[],
  reason: Unknown,
): Effect {
  if (verdicts.length > 16) return lost(walk, rule, reason);
  record(walk, rule, { matched: 'unknown', verdict: 'unknown', reason: reason.unknown });
  const doubts = append(walk.doubts, doubtOf(rule, reason));
  const walks: Walk[] = [];
  for (const verdict of verdicts) {
    const branch: Walk = { ...walk, doubts };
    const effect = perform(program, branch, rule, verdict);
    if (effect === 'end') nextRule(branch);
    if (typeof effect === 'string') walks.push(branch);
    else if (isWalks(effect)) walks.push(...effect);
    else program.leaves.push(effect);
  }
  walks.push({ ...walk, doubts, rule: walk.rule + 1, statement: 0 });
  return walks;
}
