/** A tool is only started where it has something to print, and what it cannot tell is a gap. */
import { describe, expect, test } from 'vitest';
import { readRuleTexts } from '../../../src/host/rulesets/read-rule-texts.ts';
import type { RunOutcome } from '../../../src/host/run-command.ts';
import { hostId, netnsId } from '../../../src/model/ids.ts';
import type { RulesetText } from '../../../src/model/ruleset-text.ts';

const id = netnsId(hostId('h'), 4, 1);
const commands = {
  iptablesNft: ['4nft'],
  ip6tablesNft: ['6nft'],
  iptablesLegacy: ['4legacy'],
  ip6tablesLegacy: ['6legacy'],
  nft: ['nft'],
  ipset: ['ipset'],
};
const printed = (stdout: string): RunOutcome => ({ end: 'exited', exitCode: 0, stdout, stderr: '' });

const read = async (
  present: Partial<RulesetText['present']>,
  answers: Readonly<Record<string, RunOutcome>> = {},
  tools: object = commands,
) => {
  const ran: string[] = [];
  const start = async (argv: readonly string[]) => {
    ran.push(argv.join(' '));
    return answers[argv[0] ?? ''] ?? printed('');
  };
  const all = { nftTables: [], legacyTables: [], legacyTables6: [], ...present };
  return {
    ...(await readRuleTexts({ netns: { id }, commands: tools, start }, all)),
    ran: ran.filter((line) => !line.endsWith('hooks')),
  };
};
const table = (family: string, name: string) => ({ family, name });

describe('tools that are started', () => {
  test('for tables of iptables-nft: its own save, and no nft', async () => {
    const { ran, value } = await read(
      { nftTables: [table('ip', 'nat'), table('ip', 'filter')] },
      { '4nft': printed('*nat\n*filter\n') },
    );
    expect(ran).toEqual(['4nft']);
    expect(value).toEqual({ iptablesNft: '*nat\n*filter\n' });
  });

  test('for each family its own', async () => {
    const answers = { '4nft': printed('*raw\n'), '6nft': printed('*filter\n') };
    expect((await read({ nftTables: [table('ip', 'raw'), table('ip6', 'filter')] }, answers)).ran).toEqual([
      '4nft',
      '6nft',
    ]);
  });

  test('for tables of nft: nft alone', async () => {
    const { ran } = await read(
      { nftTables: [table('inet', 'firewalld'), table('ip', 'docker-bridges')] },
      { nft: printed('{}') },
    );
    expect(ran).toEqual(['nft -j list ruleset']);
  });

  test('for a table of iptables’ name that iptables-nft-save does not print: nft as well', async () => {
    const refusal = printed('# Table `filter’ is incompatible, use nft tool.\n*nat\n');
    expect((await read({ nftTables: [table('ip', 'nat'), table('ip', 'filter')] }, { '4nft': refusal })).ran).toEqual([
      '4nft',
      'nft -j list ruleset',
    ]);
  });

  test('for legacy tables: the legacy save of their family', async () => {
    expect((await read({ legacyTables: ['filter'] }, { '4legacy': printed('*filter\n') })).ran).toEqual(['4legacy']);
    expect((await read({ legacyTables6: ['nat'] }, { '6legacy': printed('*nat\n') })).ran).toEqual(['6legacy']);
  });

  test('for rules that name a set: ipset', async () => {
    const rules = printed('*filter\n-A FORWARD -m set --match-set docker-ext-bridges-v4 dst -j ACCEPT\n');
    expect(
      (await read({ nftTables: [table('ip', 'filter')] }, { '4nft': rules, ipset: printed('create x hash:net\n') }))
        .value,
    ).toMatchObject({
      ipsets: 'create x hash:net\n',
    });
  });
});

describe('tools that fail', () => {
  const tables = { nftTables: [table('inet', 'own')] };
  test.each<[string, RunOutcome, object]>([
    ['hangs', { end: 'slow' }, { reason: 'slow' }],
    ['prints too much', { end: 'too-long' }, { reason: 'truncated' }],
    ['crashes', { end: 'failed', detail: 'ended by SIGSEGV' }, { reason: 'invalid', detail: 'ended by SIGSEGV' }],
    [
      'complains',
      { end: 'exited', exitCode: 1, stdout: '', stderr: 'Error: syntax\nmore' },
      { reason: 'invalid', detail: 'Error: syntax' },
    ],
    [
      'may not',
      { end: 'exited', exitCode: 1, stdout: '', stderr: 'Operation not permitted (you must be root)' },
      { reason: 'forbidden', howToSee: 'run as root' },
    ],
    [
      'cannot be entered for lack of nsenter',
      { end: 'not-found', program: 'nsenter' },
      { reason: 'missing', howToSee: 'install util-linux' },
    ],
  ])('because it %s leave a gap', async (_, outcome, gap) => {
    const { value, gaps } = await read(tables, { nft: outcome });
    expect(value).toEqual({});
    expect(gaps).toMatchObject([{ source: 'nft', netns: id, ...gap }]);
  });

  test('because they are not installed leave a gap that says what to install', async () => {
    const { gaps } = await read({ ...tables, legacyTables: ['nat'] }, {}, {});
    expect(gaps).toMatchObject([
      { source: 'iptables-legacy-save', reason: 'missing', howToSee: 'install iptables' },
      { source: 'nft', reason: 'missing', howToSee: 'install nftables' },
    ]);
  });
});
