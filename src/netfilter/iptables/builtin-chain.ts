/** iptables' built-in tables: which hooks their chains sit at, and when they run. */
import type { BaseChain, Hook } from '../../model/ruleset.ts';

const hooks: Readonly<Record<string, Hook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};

const priorities: Readonly<Record<string, number>> = { raw: -300, mangle: -150, filter: 0, security: 50 };

/** undefined: not a built-in chain of that table. */
export function builtinChain(table: string, chain: string, policy: 'accept' | 'drop'): BaseChain | undefined {
  const hook = hooks[chain];
  if (hook === undefined) return undefined;
  if (table === 'nat') {
    const priority = chain === 'PREROUTING' || chain === 'OUTPUT' ? -100 : 100;
    return { type: 'nat', hook, priority, policy };
  }
  const priority = priorities[table];
  if (priority === undefined) return undefined;
  // mangle OUTPUT routes again after a change (ipt_mangle_out).
  return { type: table === 'mangle' && chain === 'OUTPUT' ? 'route' : 'filter', hook, priority, policy };
}
