/** Takes a packet through one netfilter hook of its netns: filter chains, conntrack, NAT, in the kernel's order. */
import type { LinkNode } from '../../graph/graph.ts';
import type { Packet } from '../../model/packet.ts';
import type { Hook } from '../../model/ruleset.ts';
import { evaluateChains } from '../../netfilter/evaluate-chains.ts';
import type { HookedChain, HookResult, RuleStep } from '../../netfilter/hook-result.ts';
import type { HookStage } from '../../netfilter/hook-stages.ts';
import { currentEntry, replaceEntry, track } from '../conntrack/connections.ts';
import { explainRule, ruleRef } from '../explain-rule.ts';
import type { Flight, Next } from '../flight.ts';
import { go } from '../flight.ts';
import { endUnknown, note } from '../journal.ts';
import type { World } from '../world.ts';
import type { RuleFamily } from './compile-ruleset.ts';
import { hookContext } from './hook-context.ts';
import { runNat } from './run-nat.ts';

export interface HookPlace {
  readonly hook: Hook;
  readonly family: RuleFamily;
  readonly in: LinkNode | undefined;
  readonly out: LinkNode | undefined;
  /** Bridge ports, where br_netfilter knows them. */
  readonly physin?: LinkNode;
  readonly physout?: LinkNode;
  /** Address asked for on the way out. */
  readonly nextHop?: string;
  /** The frame is being bridged (physdev-is-bridged). */
  readonly bridged?: boolean;
}

/** What comes after the hook; `reroute`: a rule of a route chain changed what routing goes by. */
export type AfterHook = (flight: Flight, changes: { readonly reroute: boolean }) => Next;

const ports = (place: HookPlace): Pick<Packet, 'in' | 'out' | 'physin' | 'physout'> => ({
  ...(place.in !== undefined && { in: place.in.facts.ifname }),
  ...(place.out !== undefined && { out: place.out.facts.ifname }),
  ...(place.physin !== undefined && { physin: place.physin.facts.ifname }),
  ...(place.physout !== undefined && { physout: place.physout.facts.ifname }),
});

export const atPlace = (packet: Packet, place: HookPlace): Packet => {
  const { in: _in, out: _out, physin: _physin, physout: _physout, ...rest } = packet;
  return { ...rest, ...ports(place) };
};

/** Steps worth telling: what decided or changed something; jumps and counting stay out unless they are all there is. */
const isWorthTelling = (step: RuleStep): boolean =>
  step.verdict !== 'continue' && !(step.at.index === 0 && step.verdict === 'accept' && step.at.table !== 'filter');

export const noteRules = (world: World, flight: Flight, place: HookPlace, steps: readonly RuleStep[]): Flight => {
  let noted = flight;
  for (const [n, step] of steps.entries()) {
    if (!isWorthTelling(step) || (world.terse && n < steps.length - 1)) continue;
    noted = note(
      world,
      noted,
      {
        kind: step.at.index === 0 ? 'policy' : 'rule',
        verdict: stepVerdict(step),
        text: explainRule(step),
        evidence: { rule: ruleRef(world, flight.netns, step.at) },
        packet: step.packet,
        ...(step.reason !== undefined && { dependsOn: step.reason }),
      },
      { hook: place.hook.toUpperCase() },
    );
  }
  return noted;
};

const stepVerdict = (step: RuleStep) => {
  if (step.matched === 'unknown' || step.verdict === 'unknown' || step.verdict === 'queue') return 'unknown';
  if (step.verdict === 'drop') return 'dropped';
  if (step.verdict === 'reject') return 'rejected';
  return step.verdict === 'changed' || step.verdict === 'nat' ? 'changed' : 'pass';
};

/** Packets are routed again when a chain of type route (iptables' mangle OUTPUT) changed mark, tos or addresses. */
const asksForRouting = (
  before: Packet,
  after: Packet,
  chains: readonly HookedChain[],
  steps: readonly RuleStep[],
): boolean => {
  const changed =
    before.mark !== after.mark || before.tos !== after.tos || before.src !== after.src || before.dst !== after.dst;
  if (!changed) return false;
  const routing = chains.filter(({ chain }) => chain.base?.type === 'route').map(({ table }) => table);
  return steps.some(
    (step) =>
      step.verdict === 'changed' &&
      routing.some((table) => table.name === step.at.table && table.backend === step.at.backend),
  );
};

const applyResult = (flight: Flight, result: HookResult): Flight => {
  const entry = currentEntry(flight.tracking);
  let tracking = result.notrack ? { ...flight.tracking, untracked: true } : flight.tracking;
  if (result.ctMark !== undefined && entry !== undefined)
    tracking = replaceEntry(tracking, { ...entry, mark: result.ctMark });
  return { ...flight, packet: result.packet, tracking };
};

interface Run {
  readonly world: World;
  readonly place: HookPlace;
  readonly stages: readonly HookStage[];
  readonly after: AfterHook;
}

const finish = (
  run: Run,
  flight: Flight,
  result: HookResult,
  chains: readonly HookedChain[],
  at: number,
  reroute: boolean,
): Next => {
  const { world, place } = run;
  const hook = place.hook.toUpperCase();
  const noted = noteRules(world, applyResult(flight, result), place, result.steps);
  const decided = result.decidedBy;
  if (result.tproxy !== undefined)
    return endUnknown(world, noted, 'rule', 'a rule hands the packet to a transparent proxy (TPROXY)', { hook });
  if (result.unknownMark !== undefined) return endUnknown(world, noted, 'rule', result.unknownMark.unknown, { hook });
  switch (result.verdict) {
    case 'accept':
      return runStages(
        run,
        noted,
        at + 1,
        reroute || asksForRouting(flight.packet, result.packet, chains, result.steps),
      );
    case 'drop':
    case 'reject':
      return { kind: 'end', arrival: { flight: noted, outcome: result.verdict === 'drop' ? 'dropped' : 'rejected' } };
    case 'queue':
      return endUnknown(world, noted, 'rule', `${decided?.at.chain ?? hook} hands the packet to a program (queue)`, {
        hook,
      });
    case 'unknown':
      return splitOn(run, flight, result, chains, at, reroute);
  }
};

const splitOn = (
  run: Run,
  flight: Flight,
  result: HookResult,
  chains: readonly HookedChain[],
  at: number,
  reroute: boolean,
): Next => {
  const { world, place } = run;
  const why = result.dependsOn ?? 'a rule whose match cannot be known';
  if (result.alternatives.length === 0) {
    return endUnknown(world, noteRules(world, flight, place, result.steps), 'rule', why, {
      hook: place.hook.toUpperCase(),
    });
  }
  return {
    kind: 'split',
    why,
    ways: result.alternatives.map((one) => () => finish(run, flight, one, chains, at, reroute)),
  };
};

export const runStages = (run: Run, flight: Flight, at: number, reroute: boolean): Next => {
  const { world, place } = run;
  const stage = run.stages[at];
  if (stage === undefined) return run.after(flight, { reroute });
  const compiled = world.view(flight.netns).ruleset();
  switch (stage.kind) {
    case 'conntrack': {
      const tracks =
        compiled.tracksConnections(place.family) && (place.hook === 'prerouting' || place.hook === 'output');
      const tracking = tracks
        ? track(flight.tracking, flight.netns, flight.packet, flight.direction === 'reply')
        : flight.tracking;
      return runStages(run, { ...flight, tracking }, at + 1, reroute);
    }
    case 'chains': {
      if (stage.chains.length === 0) return runStages(run, flight, at + 1, reroute);
      const context = hookContext(world.view(flight.netns), flight, place);
      const result = evaluateChains(compiled.ruleset!, stage.chains, flight.packet, context);
      return finish(run, flight, result, stage.chains, at, reroute);
    }
    case 'nat':
      return runNat(world, flight, place, stage, (translated) => runStages(run, translated, at + 1, reroute));
  }
};

/** Runs the hook and goes on with `after` for every way the packet can leave it. */
export const runHook = (world: World, flight: Flight, place: HookPlace, after: AfterHook): Next => {
  const view = world.view(flight.netns);
  const compiled = view.ruleset();
  const placed = { ...flight, packet: atPlace(flight.packet, place) };
  if (compiled.ruleset === undefined) {
    const why = `the firewall rules of ${view.node.name} were not read`;
    return endUnknown(world, placed, 'rule', why, { hook: place.hook.toUpperCase() });
  }
  const unread = compiled.unread(place.family);
  if (unread !== undefined) {
    const why = `the rules of table ${unread} of ${view.node.name} were not read`;
    return endUnknown(world, placed, 'rule', why, { hook: place.hook.toUpperCase() });
  }
  const { stages } = compiled.stages(place.family, place.hook);
  const idle =
    !compiled.tracksConnections(place.family) &&
    stages.every((stage) => stage.kind === 'conntrack' || stage.chains.length === 0);
  if (idle) return after(placed, { reroute: false });
  return go(() => runStages({ world, place, stages, after }, placed, 0, false));
};
