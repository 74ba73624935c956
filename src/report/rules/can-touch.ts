/** Can this rule see a packet to or from an endpoint? No only when its own words rule every such packet out. */
import type { Rule, Table } from '../../model/ruleset.ts';
import { parseAddress, parsePrefix, prefixContains } from '../../std/ip-address.ts';
import { readRuleWords, type Word } from '../../systems/rule-words.ts';
import type { RulesSubject } from './rules-subject.ts';

/** What a word says about the values a packet can have; a word nobody can read rules nothing out. */
const allows = (
  word: Word | undefined,
  values: readonly string[],
  matches: (pattern: string, value: string) => boolean | undefined,
): boolean => {
  if (word === undefined || values.length === 0) return true;
  return values.some((value) => {
    const found = matches(word.value, value);
    return found === undefined || found !== word.not;
  });
};

/** `docker+` is any name that begins so. */
const matchLink = (pattern: string, name: string): boolean | undefined => {
  if (/[{@*]/.test(pattern)) return undefined;
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
};

const matchAddress = (pattern: string, address: string): boolean | undefined => {
  const [prefix, value] = [parsePrefix(pattern), parseAddress(address)];
  if (prefix === undefined || value === undefined) return undefined;
  return prefixContains(prefix, value);
};

/** Rules of the bridge family see ports, which `links` does not name: they are all kept. */
export const canTouch = (table: Table, rule: Rule, subject: RulesSubject, links: ReadonlySet<string>): boolean => {
  const words = readRuleWords(rule.text, table.backend === 'nft' ? 'nft' : 'iptables');
  const names = table.family === 'bridge' ? [] : [...links];
  const { addresses } = subject;
  const isFrom = allows(words.src, addresses, matchAddress) && allows(words.in, names, matchLink);
  const isTo = allows(words.dst, addresses, matchAddress) && allows(words.out, names, matchLink);
  // Before NAT a packet for a published port is for an address of the host: only where the rule leads tells.
  const leadsThere = addresses.some(
    (address) => words.to === address || words.to?.startsWith(`${address}:`) || words.to?.startsWith(`[${address}]`),
  );
  return isFrom || isTo || leadsThere;
};
