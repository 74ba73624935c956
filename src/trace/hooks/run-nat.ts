/** NAT at one hook: rules decide for the first packet, the mapping for all others (nf_nat_inet_fn). */
import { evaluateChains } from '../../netfilter/evaluate-chains.ts';
import type { HookedChain, HookResult } from '../../netfilter/hook-result.ts';
import type { HookStage } from '../../netfilter/hook-stages.ts';
import { chooseMapping } from '../conntrack/choose-mapping.ts';
import type { Mapping } from '../conntrack/translate.ts';
import { needsMapping, settle, translate } from '../conntrack/translate.ts';
import { explainTranslation } from '../explain-rule.ts';
import type { Flight, Next } from '../flight.ts';
import { end, endUnknown, pass } from '../journal.ts';
import type { World } from '../world.ts';
import { hookContext } from './hook-context.ts';
import type { HookPlace } from './run-hook.ts';
import { noteRules } from './run-hook.ts';

type NatStage = Extract<HookStage, { kind: 'nat' }>;
type After = (flight: Flight) => Next;

interface Run {
  readonly world: World;
  readonly place: HookPlace;
  readonly stage: NatStage;
  readonly after: After;
}

/** The packet rewritten, with a step that says so when it was. */
const rewrite = (run: Run, flight: Flight): Next => {
  const { world, place, stage } = run;
  const packet = translate(flight.packet, flight.tracking, stage.manip);
  if (packet === flight.packet) return run.after(flight);
  const direction = flight.tracking.current?.direction ?? 'original';
  const text = (): string => explainTranslation(flight.packet, packet, direction);
  const step = () => ({ kind: 'nat', verdict: 'changed', text: text(), evidence: { source: 'conntrack' } }) as const;
  const rewritten = pass(world, { ...flight, packet }, step, { hook: place.hook.toUpperCase() });
  return run.after(rewritten);
};

const settleWith = (run: Run, flight: Flight, mapping: Mapping): Next =>
  rewrite(run, { ...flight, tracking: settle(flight.tracking, run.stage.manip, mapping) });

const finish = (run: Run, flight: Flight, result: HookResult): Next => {
  const { world, place } = run;
  const hook = place.hook.toUpperCase();
  if (result.verdict === 'unknown') {
    const why = result.dependsOn ?? 'a NAT rule whose match cannot be known';
    if (result.alternatives.length === 0)
      return endUnknown(world, noteRules(world, flight, place, result.steps), 'rule', why, { hook });
    return { kind: 'split', why, ways: result.alternatives.map((one) => () => finish(run, flight, one)) };
  }
  const noted = noteRules(world, { ...flight, packet: { ...result.packet } }, place, result.steps);
  if (result.verdict === 'drop' || result.verdict === 'reject') {
    return { kind: 'end', arrival: { flight: noted, outcome: result.verdict === 'drop' ? 'dropped' : 'rejected' } };
  }
  if (result.verdict !== 'accept')
    return endUnknown(world, noted, 'rule', `a NAT chain ends in ${result.verdict}`, { hook });
  if (result.nat === undefined) return settleWith(run, noted, {});
  const choice = chooseMapping(world.view(flight.netns), result.nat, noted.packet, {
    manip: run.stage.manip,
    in: place.in,
    out: place.out,
    nextHop: place.nextHop,
  });
  switch (choice.kind) {
    case 'mapping':
      return settleWith(run, noted, choice.mapping);
    case 'dropped':
      return end(world, noted, 'dropped', { kind: 'nat', text: choice.why, evidence: { fact: choice.why } }, { hook });
    case 'unknown':
      return endUnknown(world, noted, 'nat', choice.why, { hook });
  }
};

const isLegacy = ({ table }: HookedChain): boolean => table.backend === 'iptables-legacy';

/**
 * Legacy and nft NAT chains of one priority run in the order in which they were registered, which no tool shows: the first that
 * finds a rule decides. Both orders; one when it cannot matter.
 */
const possibleOrders = (world: World, flight: Flight, { hook, family }: HookPlace, { chains }: NatStage) => {
  const { ambiguous } = world.view(flight.netns).ruleset().stages(family, hook);
  if (ambiguous.length === 0 || !chains.some(isLegacy) || chains.every(isLegacy)) return [chains];
  const legacy = chains.filter(isLegacy);
  const others = chains.filter((chain) => !isLegacy(chain));
  return [
    [...legacy, ...others],
    [...others, ...legacy],
  ];
};

export const runNat = (world: World, flight: Flight, place: HookPlace, stage: NatStage, after: After): Next => {
  const run = { world, place, stage, after };
  if (!needsMapping(flight.tracking, stage.manip)) return rewrite(run, flight);
  const { ruleset } = world.view(flight.netns).ruleset();
  const context = hookContext(world.view(flight.netns), flight, place);
  const [first, second] = possibleOrders(world, flight, place, stage).map((chains) =>
    evaluateChains(ruleset!, chains, flight.packet, context),
  );
  const winner = (result: HookResult): string => `${result.verdict} ${JSON.stringify(result.nat?.at)}`;
  if (second === undefined || winner(first!) === winner(second)) return finish(run, flight, first!);
  const why = 'NAT chains of iptables-legacy and nft have the same priority; which of them runs first no tool shows';
  return { kind: 'split', why, ways: [first!, second].map((result) => () => finish(run, flight, result)) };
};
