/** Which program prints which backend's rules, on the distributions there are. */
import { expect, test } from 'vitest';
import { findSaveCommands } from '../../../src/host/rulesets/save-commands.ts';

test('with both backends installed each has its own program', () => {
  const tools = {
    'iptables-save': '/usr/sbin/iptables-save',
    'iptables-nft-save': '/usr/sbin/iptables-nft-save',
    'ip6tables-nft-save': '/usr/sbin/ip6tables-nft-save',
    'iptables-legacy-save': '/usr/sbin/iptables-legacy-save',
    nft: '/usr/sbin/nft',
    ipset: '/usr/sbin/ipset',
  };
  expect(findSaveCommands(tools)).toEqual({
    iptablesNft: ['/usr/sbin/iptables-nft-save', '-c'],
    ip6tablesNft: ['/usr/sbin/ip6tables-nft-save', '-c'],
    iptablesLegacy: ['/usr/sbin/iptables-legacy-save', '-c'],
    nft: ['/usr/sbin/nft'],
    ipset: ['/usr/sbin/ipset'],
  });
});

test.each([
  ['/usr/sbin/xtables-nft-multi', 'iptablesNft'],
  ['/usr/sbin/xtables-legacy-multi', 'iptablesLegacy'],
  ['/sbin/xtables-multi', 'iptablesLegacy'],
])('iptables-save alone, which is %s, prints %s only', (program, kind) => {
  const commands = findSaveCommands({ 'iptables-save': '/usr/sbin/iptables-save' }, () => program);
  expect(commands).toEqual({ [kind]: ['/usr/sbin/iptables-save', '-c'] });
});

test('the program behind the links can be called by itself', () => {
  expect(findSaveCommands({ 'xtables-nft-multi': '/sbin/xtables-nft-multi' })).toEqual({
    iptablesNft: ['/sbin/xtables-nft-multi', 'iptables-save', '-c'],
    ip6tablesNft: ['/sbin/xtables-nft-multi', 'ip6tables-save', '-c'],
  });
});

test('a machine without tools has none', () => {
  expect(findSaveCommands({})).toEqual({});
});
