/** Sentences about rules and translations, and the evidence that names a rule. */
import type { NetnsId } from '../model/ids.ts';
import type { Packet } from '../model/packet.ts';
import type { RuleName, RuleStep } from '../netfilter/hook-result.ts';
import { chainLabel } from './chain-label.ts';
import { formatEndpoint } from './format-packet.ts';
import type { RuleRef } from './trace.ts';
import type { World } from './world.ts';

export const ruleRef = (world: World, netns: NetnsId, name: RuleName): RuleRef => {
  const label = chainLabel(world, netns, name);
  return {
    family: name.family,
    table: name.table,
    chain: name.chain,
    index: name.index,
    rule: name.rule,
    backend: name.backend,
    ...(name.handle !== undefined && { handle: name.handle }),
    ...(label?.madeBy !== undefined && { madeBy: label.madeBy }),
    ...(label?.purpose !== undefined && { purpose: label.purpose }),
  };
};

const place = (name: RuleName): string =>
  name.index === 0 ? `policy of ${name.table} ${name.chain}` : `${name.table} ${name.chain} rule ${name.index}`;

export const explainRule = (step: RuleStep): string => {
  const where = place(step.at);
  if (step.matched === 'unknown') return `${where} may match: ${step.at.rule} (${step.reason ?? 'unknown'})`;
  if (step.at.index === 0) return `${where} is ${step.verdict}`;
  return `${where}: ${step.at.rule}`;
};

/** `10.0.0.1:80 becomes 172.17.0.2:8080`. */
export const explainTranslation = (before: Packet, after: Packet, direction: 'original' | 'reply'): string => {
  const end = before.dst !== after.dst || before.dport !== after.dport ? 'dst' : 'src';
  const what = end === 'dst' ? 'destination' : 'source';
  const back = direction === 'reply' ? ' (taken back for the reply)' : '';
  return `${what} ${formatEndpoint(before, end)} becomes ${formatEndpoint(after, end)}${back}`;
};
