/** What a rule stopped, and whether it would take the answers too. */
import { parseAddress, parsePrefix, prefixContains } from '../std/ip-address.ts';
import { readRuleWords, type Word } from '../systems/rule-words.ts';
import { outsideAddress } from '../trace/endpoints/choose-address.ts';
import type { RuleRef, Step } from '../trace/trace.ts';

/** The address that stands for the whole world must not end up in a rule. */
export const isWorld = (address: string): boolean =>
  address === '' || Object.values<string>(outsideAddress).includes(address);

/** A packet that the rule stopped; `inReply`: it was an answer already. */
export interface Stopped {
  readonly step: Step;
  readonly inReply: boolean;
}

/** Rules of a chain that sees both ways: would this one take the answer too? What cannot be told from its words, it might. */
export function takesAnswer({ rule: text, index, backend }: RuleRef, { packet }: Step): boolean {
  if (packet.in === undefined || packet.out === undefined) return false;
  if (index === 0) return true;
  const words = readRuleWords(text, backend === 'nft' ? 'nft' : 'iptables');
  const is = (word: Word | undefined, value: string): boolean =>
    word === undefined ||
    (/[+*]$/.test(word.value) ? value.startsWith(word.value.slice(0, -1)) : word.value === value) !== word.not;
  const within = (word: Word | undefined, address: string): boolean => {
    const [net, one] = [
      parsePrefix(word?.value.includes('/') ? word.value : `${word?.value}/32`),
      parseAddress(address),
    ];
    return word === undefined || net === undefined || one === undefined || prefixContains(net, one) !== word.not;
  };
  if (words.ctstate !== undefined && /ESTABLISHED/.test(words.ctstate.value) === words.ctstate.not) return false;
  if (words.dport !== undefined && !words.dport.not) return false;
  return (
    is(words.in, packet.out) &&
    is(words.out, packet.in) &&
    within(words.src, packet.dst) &&
    within(words.dst, packet.src)
  );
}
