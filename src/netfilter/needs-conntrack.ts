/** Is conntrack switched on in a netns? The kernel does so for the rules that need it (nf_ct_netns_get), and not otherwise. */
import type { Rule, Ruleset, Table } from '../model/ruleset.ts';
import type { Expression, Statement } from '../model/statement.ts';
import type { PacketFamily } from './hook-stages.ts';

/** iptables modules whose checkentry asks for conntrack; SYNPROXY and the like are among the unknown effects. */
const modules: ReadonlySet<string> = new Set(['connbytes', 'connlimit', 'connlabel', 'cluster', 'helper']);
const targets: ReadonlySet<string> = new Set(['CONNSECMARK', 'CONNMARK', 'SYNPROXY', 'CLUSTERIP', 'ct count', 'flow']);

const words = /conn|state|helper|cluster|NAT|MASQUERADE|REDIRECT|NETMAP|CONN|CT|CLUSTER|SYNPROXY/;

const known = new WeakMap<Table, boolean>();

/** Does any rule of this family keep conntrack switched on? Without one NAT chains never run. */
export function needsConntrack(ruleset: Ruleset, family: PacketFamily): boolean {
  return ruleset.tables.some(
    (table) => (table.family === family || (table.family === 'inet' && family !== 'bridge')) && tableNeeds(table),
  );
}

function tableNeeds(table: Table): boolean {
  const before = known.get(table);
  if (before !== undefined) return before;
  // Texts that speak of nothing of the kind need not be taken apart.
  const worthALook = (rule: Rule): boolean => table.backend === 'nft' || words.test(rule.text);
  const needs = [...table.chains.values()].some((chain) =>
    chain.rules.some((rule) => worthALook(rule) && rule.statements.some(statementNeeds)),
  );
  known.set(table, needs);
  return needs;
}

function statementNeeds(statement: Statement): boolean {
  switch (statement.kind) {
    case 'nat':
    case 'ct-template':
      return true;
    case 'match':
      return expressionNeeds(statement.left) || expressionNeeds(statement.right);
    case 'either':
      return statement.alternatives.some((list) => list.some(statementNeeds));
    case 'assign':
      return expressionNeeds(statement.target) || expressionNeeds(statement.value);
    case 'vmap':
      return expressionNeeds(statement.key);
    case 'extension':
      return modules.has(statement.module);
    case 'stateful':
    case 'note':
    case 'unknown-effect':
      return targets.has(statement.name);
    default:
      return false;
  }
}

function expressionNeeds(expression: Expression): boolean {
  switch (expression.kind) {
    case 'ct':
      return true;
    case 'binary':
      return expressionNeeds(expression.left) || expressionNeeds(expression.right);
    case 'concat':
      return expression.parts.some(expressionNeeds);
    case 'map':
      return expressionNeeds(expression.key);
    default:
      return false;
  }
}
