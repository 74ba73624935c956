/** Docker's layout is told by what FORWARD really leads to. */
import { expect, test } from 'vitest';
import { findDockerRules } from '../../src/systems/docker-layout.ts';
import { findLeftovers } from '../../src/systems/find-leftovers.ts';
import { rulesetFromNft, rulesetFromSave } from './rules-from-text.ts';

const filter = (lines: string) =>
  rulesetFromSave(`*filter\n:FORWARD ACCEPT [0:0]\n:DOCKER - [0:0]\n${lines}\nCOMMIT\n`);
const layout = (lines: string) => findDockerRules(filter(lines)).map((rules) => `${rules.layout}: ${rules.versions}`);

test('each era is told by the chains FORWARD jumps to', () => {
  expect(layout('-A FORWARD -j DOCKER-ISOLATION\n-A FORWARD -o docker0 -j DOCKER')).toEqual([
    'isolation: 1.12 to 1.13',
  ]);
  expect(layout('-A FORWARD -j DOCKER-USER\n-A FORWARD -j DOCKER-ISOLATION')).toEqual([
    'user-isolation: 17.06 to 18.03',
  ]);
  expect(layout('-A FORWARD -j DOCKER-USER\n-A FORWARD -j DOCKER-ISOLATION-STAGE-1')).toEqual(['stages: 18.05 to 27']);
  expect(layout('-A FORWARD -m set --match-set docker-ext-bridges-v4 dst -j DOCKER')).toEqual(['ipset: 28.0.0']);
  expect(layout('-A FORWARD -j DOCKER-FORWARD\n-A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1')).toEqual([
    'forward: 28.0.1 to 28.5',
  ]);
  expect(layout('-A FORWARD -j DOCKER-FORWARD\n-A DOCKER-FORWARD -j DOCKER-INTERNAL')).toEqual([
    'forward-internal: 29 and later',
  ]);
});

test('chains without a way to them from FORWARD are called unreachable', () => {
  expect(layout('')).toEqual(['unreachable: unknown']);
});

test('DOCKER in nat alone is called so', () => {
  const nat = rulesetFromSave('*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\nCOMMIT\n');
  expect(findDockerRules(nat).map((rules) => rules.layout)).toEqual(['nat-only']);
});

test('a second Docker in another backend is a leftover, and chains of another version are', () => {
  const nft = rulesetFromNft('table ip docker-bridges {\n\tchain filter-FORWARD {\n\t}\n}');
  const iptables = filter('-A FORWARD -j DOCKER-USER\n-A FORWARD -j DOCKER-ISOLATION-STAGE-1\n-N DOCKER-ISOLATION');
  const both = { ...iptables, tables: [...nft.tables, ...iptables.tables] };
  const found = findLeftovers(undefined, undefined, both);
  expect(found.map((leftover) => [leftover.kind, leftover.chain])).toEqual([
    ['old-layout', 'DOCKER-ISOLATION'],
    ['other-backend', 'DOCKER'],
  ]);
});
