/** The rule a trace message means, as the ruleset we parsed knows it. */
import type { ProbeRecord } from '../host/live/live-order.ts';
import type { NetnsId } from '../model/ids.ts';
import type { Chain, Table } from '../model/ruleset.ts';
import { ruleRef } from '../trace/explain-rule.ts';
import type { RuleRef } from '../trace/trace.ts';
import type { World } from '../trace/world.ts';
import type { FlowEvent } from './select-flow.ts';

const tableOf = (world: World, event: FlowEvent): Table | undefined =>
  world
    .view(event.netns)
    .ruleset()
    .ruleset?.tables.find(
      (table) => table.family === event.family && table.name === event.table && table.backend !== 'iptables-legacy',
    );

export const chainOf = (world: World, event: FlowEvent, name = event.chain): Chain | undefined =>
  tableOf(world, event)?.chains.get(name);

/** iptables' rules have no handles in its own listing: their order in the chain is that of the handles. */
const indexOf = (record: Pick<ProbeRecord, 'handles'>, event: FlowEvent, chain: Chain): number | undefined => {
  const known = chain.rules.find((rule) => rule.handle !== undefined && rule.handle === event.handle);
  if (known !== undefined) return known.index;
  const handles = record.handles[`${event.netns} ${event.family} ${event.table} ${event.chain}`];
  // Another number of rules than we read: the chain has changed meanwhile, positions mean nothing.
  if (handles === undefined || handles.length !== chain.rules.length || event.handle === undefined) return undefined;
  const at = handles.indexOf(event.handle);
  return at < 0 ? undefined : at + 1;
};

/** Without a ruleset of ours: what the kernel itself told. */
const bareRef = (event: FlowEvent): RuleRef => ({
  family: event.family,
  table: event.table,
  chain: event.chain,
  index: 0,
  rule: event.type === 'rule' ? `handle ${event.handle ?? '?'}` : `policy ${event.verdict}`,
  backend: 'nft',
  ...(event.handle === undefined ? {} : { handle: event.handle }),
});

export const nameRule = (world: World, record: Pick<ProbeRecord, 'handles'>, event: FlowEvent): RuleRef => {
  const table = tableOf(world, event);
  const chain = table?.chains.get(event.chain);
  if (table === undefined || chain === undefined) return bareRef(event);
  const index = event.type === 'rule' ? indexOf(record, event, chain) : 0;
  if (index === undefined) return { ...bareRef(event), backend: table.backend, index: -1 };
  const rule = chain.rules.find((one) => one.index === index);
  return ruleRef(world, event.netns, {
    backend: table.backend,
    family: table.family,
    table: table.name,
    chain: chain.name,
    index,
    rule: rule?.text ?? `policy ${event.verdict}`,
    ...(event.handle === undefined || event.type !== 'rule' ? {} : { handle: event.handle }),
  });
};

/** A legacy rule, by position. */
export const nameLegacy = (
  world: World,
  netns: NetnsId,
  at: { readonly family: 4 | 6; readonly table: string; readonly chain: string; readonly index: number },
): RuleRef | undefined => {
  const table = world
    .view(netns)
    .ruleset()
    .ruleset?.tables.find(
      (one) =>
        one.backend === 'iptables-legacy' && one.family === (at.family === 4 ? 'ip' : 'ip6') && one.name === at.table,
    );
  const chain = table?.chains.get(at.chain);
  if (table === undefined || chain === undefined) return undefined;
  const rule = chain.rules.find((one) => one.index === at.index);
  if (at.index > 0 && rule === undefined) return undefined;
  return ruleRef(world, netns, {
    backend: table.backend,
    family: table.family,
    table: table.name,
    chain: chain.name,
    index: at.index,
    rule: rule?.text ?? `policy ${chain.base?.policy ?? 'drop'}`,
  });
};

export const rejects = (rule: RuleRef): boolean => /-j REJECT\b|\breject\b/.test(rule.rule);
