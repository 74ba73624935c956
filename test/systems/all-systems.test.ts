/** Every chain of a folder of rule dumps gets a label; runs where VETHSCOPE_CORPUS names such a folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Ruleset } from '../../src/model/ruleset.ts';
import { labelChain, labelRule } from '../../src/systems/labels.ts';
import { rulesetFromNft, rulesetFromSave } from './rules-from-text.ts';

const corpus = process.env['VETHSCOPE_CORPUS'];

function read(path: string): Ruleset | undefined {
  const text = readFileSync(path, 'utf8');
  if (/^table \w+ \S+ \{/m.test(text)) return rulesetFromNft(text);
  return /^(\[\d+:\d+\] )?-A /m.test(text) ? rulesetFromSave(text) : undefined;
}

test('every chain of the corpus has a maker that is known here', (context) => {
  if (corpus === undefined) {
    context.annotate('VETHSCOPE_CORPUS is not set: no corpus to read');
    return;
  }
  const missing = new Map<string, number>();
  const rulesMissing = new Map<string, number>();
  let chains = 0;
  let rules = 0;
  let labelled = 0;
  for (const entry of readdirSync(corpus, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(txt|save)$/.test(entry.name)) continue;
    const ruleset = read(join(entry.parentPath, entry.name));
    for (const table of ruleset?.tables ?? []) {
      for (const chain of table.chains.values()) {
        chains += 1;
        const label = labelChain(undefined, undefined, table, chain);
        if (label === undefined || label.madeBy === 'not known here') {
          // iptables' own tables as nft text: read from iptables-save in the program.
          const key = `${table.backend} ${table.name} ${chain.name}`;
          if (table.backend !== 'nft') missing.set(key, (missing.get(key) ?? 0) + 1);
        }
        if (table.backend === 'nft' && ['filter', 'nat', 'mangle', 'raw', 'security'].includes(table.name)) continue;
        for (const rule of chain.rules) {
          rules += 1;
          const known = labelRule(undefined, undefined, table, chain, rule);
          if (known === undefined) {
            const key = `${table.name} ${rule.text.replace(/\d+\.\d+\.\d+\.\d+(\/\d+)?/g, 'A')}`;
            rulesMissing.set(key, (rulesMissing.get(key) ?? 0) + 1);
          } else labelled += 1;
        }
      }
    }
  }
  const worst = [...rulesMissing].sort((a, b) => b[1] - a[1]).slice(0, 60);
  console.log(
    `${chains} chains; ${rules} rules, ${labelled} labelled\n${worst.map(([text, n]) => `${n} ${text}`).join('\n')}`,
  );
  expect([...missing]).toEqual([]);
});
