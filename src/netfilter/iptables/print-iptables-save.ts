/** Tables → text that iptables-restore accepts and iptables-save would print. */
import type { Counters, Table } from '../../model/ruleset.ts';
import { printClauses } from './print-clauses.ts';
import { quoteValue } from './words.ts';

/** Tables of one family that came from iptables; others are left out. */
export function printIptablesSave(
  tables: readonly Table[],
  options: { readonly counters: boolean } = { counters: true },
): string {
  const lines: string[] = [];
  for (const table of tables) {
    if (table.backend === 'nft') continue;
    lines.push(`*${table.name}`);
    for (const chain of table.chains.values()) {
      const policy = chain.base === undefined ? '-' : chain.base.policy.toUpperCase();
      lines.push(
        `:${quoteValue(chain.name)} ${policy} ${printCounters(options.counters ? chain.counters : undefined)}`,
      );
    }
    for (const chain of table.chains.values())
      for (const rule of chain.rules) {
        // A rule without clauses could not be read: as it was.
        const line = rule.clauses?.length ? printClauses(chain.name, rule.clauses) : rule.text;
        lines.push(options.counters && rule.counters !== undefined ? `${printCounters(rule.counters)} ${line}` : line);
      }
    lines.push('COMMIT');
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

const printCounters = (counters: Counters | undefined): string => `[${counters?.packets ?? 0}:${counters?.bytes ?? 0}]`;
