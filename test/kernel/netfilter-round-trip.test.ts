/** What the tools print is read and printed again without loss: their own rules, the recordings', and a corpus where one is named. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Table } from '../../src/model/ruleset.ts';
import { parseIptablesSave } from '../../src/netfilter/iptables/parse-iptables-save.ts';
import { printIptablesSave } from '../../src/netfilter/iptables/print-iptables-save.ts';
import { parseNftJson } from '../../src/netfilter/nft/parse-nft-json.ts';
import { printNft } from '../../src/netfilter/nft/print-nft.ts';
import { requires } from '../support/requires.ts';
import { ip6Rules, ipRules, nftRules, nftTable } from './netfilter-sample-rules.ts';

/** Runs a shell line in a netns that ends with it. */
const inNetns = (line: string, input: string) => {
  const run = spawnSync('unshare', ['--net', 'sh', '-c', line], { encoding: 'utf8', input, maxBuffer: 2 ** 28 });
  return { ok: run.status === 0, stdout: run.stdout, stderr: run.stderr };
};

/** Without the remarks, which carry a time. */
const ruleLines = (text: string): string => text.replace(/^#.*\n/gm, '').trim();

const tools = { ip: 'iptables', ip6: 'ip6tables' } as const;

const readsBack = (printed: string, family: 'ip' | 'ip6') => {
  const again = parseIptablesSave(printed, { family, backend: 'iptables-nft' });
  return printIptablesSave(again.tables) === printed && again.gaps.length === 0;
};

describe.each([
  ['ip', 'nft', ipRules],
  ['ip', 'legacy', ipRules],
  ['ip6', 'nft', ip6Rules],
  ['ip6', 'legacy', ip6Rules],
] as const)('%s tables of the %s backend', (family, backend, rules) => {
  const { test } = requires('root', 'tool:unshare', `tool:${tools[family]}-${backend}`, `kernel:iptables-${backend}`);
  const tool = `${tools[family]}-${backend}`;

  test('print as the tool prints them, counters included', () => {
    const lines = Object.entries(rules).flatMap(([table, list]) => list.map((rule) => ({ table, rule })));
    const load = (table: string, line: string) =>
      `${tool}-restore --counters --noflush <<'EOF' || echo 'refused: ${table}' >&2\n*${table}\n${line}\nCOMMIT\nEOF\n`;
    const script = [
      load('filter', ':one - [0:0]'),
      ...lines.map(({ table, rule }, n) => load(table, `[${n}:${n * 40}] ${rule}`)),
    ];
    const saved = inNetns(`sh -s && ${tool}-save -c`, script.join(''));
    const loaded = lines.length - (saved.stderr.match(/^refused/gm) ?? []).length;
    expect(loaded, saved.stderr).toBeGreaterThan(lines.length * 0.8);
    const parsed = parseIptablesSave(saved.stdout, { family, backend: `iptables-${backend}` });
    expect(parsed.gaps).toEqual([]);
    expect(saved.stdout.match(/^\[\d+:\d+\] -A /gm)).toHaveLength(loaded);
    expect(printIptablesSave(parsed.tables).trim()).toBe(ruleLines(saved.stdout));
  });
});

/** Everything but counters, in a form that can be compared. */
const contents = (tables: readonly Table[]) =>
  tables.map((table) => ({
    name: `${table.family} ${table.name}`,
    flags: table.flags,
    chains: [...table.chains.values()].map((chain) => ({
      name: chain.name,
      base: chain.base,
      rules: chain.rules.map((rule) => ({ statements: rule.statements, comments: rule.comments })),
    })),
    sets: [...table.sets.values()].map((set) => ({
      ...set,
      elements: set.elements.map((element) => JSON.stringify({ ...element, expires: undefined })).sort(),
    })),
  }));

/** nft must know the links it prints by index. */
const links = (text: string): string =>
  [...new Set([...text.matchAll(/\b[io]if (?:!= )?"([\w.-]+)"/g)].map((found) => found[1]!))]
    .filter((name) => name !== 'lo')
    .map((name) => `ip link add ${name} type bridge && `)
    .join('');

const loadNft = (text: string) => inNetns(`${links(text)}nft -f - && nft -j list ruleset`, text);

describe('nft tables', () => {
  const { test } = requires('root', 'tool:unshare', 'kernel:nft');

  test('are the same after they were printed and loaded', () => {
    const rules = Object.entries(nftRules).flatMap(([chain, list]) =>
      list.map((rule) => `add rule inet fw ${chain} ${rule}`),
    );
    const script = [nftTable, ...rules].map((text) => `nft -f - <<'EOF' || echo refused >&2\n${text}\nEOF\n`);
    const loaded = inNetns('sh -s && nft -j list ruleset', script.join(''));
    const refused = (loaded.stderr.match(/^refused/gm) ?? []).length;
    expect(refused, loaded.stderr).toBeLessThan(rules.length * 0.2);
    const parsed = parseNftJson(loaded.stdout);
    expect(parsed.gaps).toEqual([]);
    const again = loadNft(printNft(parsed.tables));
    expect(again.stderr).toBe('');
    expect(contents(parseNftJson(again.stdout).tables)).toEqual(contents(parsed.tables));
  });
});

/** Recordings of this project, and any folder that VETHSCOPE_CORPUS names. */
const folders = [
  join(import.meta.dirname, '../recordings'),
  ...(process.env['VETHSCOPE_CORPUS'] ? [process.env['VETHSCOPE_CORPUS']] : []),
];
const corpus = folders.flatMap((folder) =>
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => /\.(?:txt|save|json|rules)$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') })),
);
const saves = corpus.filter(({ path, text }) => !path.endsWith('.json') && /^(?:\[\d+:\d+\] )?-A /m.test(text));
const isLoadable = (text: string): boolean => /^\*/m.test(text);
const familyOf = (path: string): 'ip' | 'ip6' => (/ip6|v6/i.test(path.split('/').at(-1) ?? '') ? 'ip6' : 'ip');

describe(`a corpus of ${saves.length} saved iptables rulesets`, () => {
  const { test } = requires('root', 'tool:unshare', 'kernel:iptables-nft');

  test('prints line for line what was read', () => {
    const lost = saves.flatMap(({ path, text }) => {
      const { tables, gaps } = parseIptablesSave(text, {
        family: familyOf(path),
        backend: 'iptables-nft',
        ...(!isLoadable(text) && { table: 'filter' }),
      });
      const printed = printIptablesSave(tables);
      const lines = new Set(printed.split('\n'));
      const missing = text
        .split('\n')
        .filter((line) => /^(?:\[\d+:\d+\] )?-A /.test(line) && !lines.has(line.trimEnd()));
      const stable = readsBack(printed, familyOf(path));
      return gaps.length + missing.length > 0 || !stable ? [{ path, gaps, missing: missing.slice(0, 3), stable }] : [];
    });
    expect(lost).toEqual([]);
  });

  test('is accepted by iptables-restore after printing', () => {
    const refused = saves.flatMap(({ path, text }) => {
      if (!isLoadable(text)) return [];
      const family = familyOf(path);
      const printed = printIptablesSave(parseIptablesSave(text, { family, backend: 'iptables-nft' }).tables);
      const restore = `${tools[family]}-nft-restore --test`;
      if (inNetns(restore, printed).ok) return [];
      // Some sets, modules or kernels are missing here: the original is refused as well.
      const original = inNetns(restore, text);
      return original.ok ? [{ path, why: inNetns(restore, printed).stderr }] : [];
    });
    expect(refused).toEqual([]);
  });
});

const listings = corpus.filter(({ path, text }) => path.endsWith('.json') && text.includes('"nftables"'));
const nftTexts = corpus.filter(
  ({ path, text }) =>
    path.endsWith('.txt') &&
    /^table (?:ip|ip6|inet|bridge) /m.test(text) &&
    !/xt (?:target|match)|# Warning/.test(text),
);
/** nft ≤ 1.0.6 prints names of priorities that it does not read. */
const oldNames = (text: string): string => text.replace(/output priority dstnat/g, 'output priority -100');

describe(`a corpus of ${listings.length} nft listings and ${nftTexts.length} nft texts`, () => {
  const { test } = requires('root', 'tool:unshare', 'kernel:nft');

  test('is the same after printing and loading', () => {
    const loaded = nftTexts.flatMap(({ path, text }) => {
      const run = loadNft(oldNames(text));
      return run.ok ? [{ path, text: run.stdout }] : [];
    });
    const lost = [...listings, ...loaded].flatMap(({ path, text }) => {
      const { tables, gaps } = parseNftJson(text);
      const own = tables.filter((table) => !JSON.stringify(contents([table])).includes('xt '));
      if (gaps.length > 0) return [{ path, why: JSON.stringify(gaps) }];
      if (own.length === 0) return [];
      const again = loadNft(printNft(own));
      if (!again.ok) return [{ path, why: again.stderr }];
      return JSON.stringify(contents(parseNftJson(again.stdout).tables)) === JSON.stringify(contents(own))
        ? []
        : [{ path, why: 'differs' }];
    });
    expect(lost).toEqual([]);
  });
});
