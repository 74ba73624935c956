/** Matches that let through what one rule stops, and its answers where they meet the same rule: iptables' words. */
import { parseAddress, parsePrefix, prefixContains } from '../std/ip-address.ts';
import { readRuleWords, type Word } from '../systems/rule-words.ts';
import { outsideAddress } from '../trace/endpoints/choose-address.ts';
import type { RuleRef, Step } from '../trace/trace.ts';

const known = ['-m', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED'] as const;

/** The address that stands for the whole world must not end up in a rule. */
export const isWorld = (address: string): boolean =>
  address === '' || Object.values<string>(outsideAddress).includes(address);

/** What the rule saw of the packet, as a match of its own; `anyPort`: whatever these two say to each other. */
function matchOf({ packet }: Step, anyPort: boolean): readonly string[] {
  const { proto, dport } = packet;
  return [
    ...(packet.in === undefined ? [] : ['-i', packet.in]),
    ...(packet.out === undefined ? [] : ['-o', packet.out]),
    ...(isWorld(packet.src) ? [] : ['-s', packet.src]),
    ...(isWorld(packet.dst) ? [] : ['-d', packet.dst]),
    ...(anyPort ? [] : ['-p', String(proto), ...(dport === undefined ? [] : ['--dport', String(dport)])]),
  ];
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

/** The answer of what the match lets through. */
const answerOf = ({ packet }: Step): readonly string[] => [
  ...['-i', packet.out!, '-o', packet.in!],
  ...(isWorld(packet.dst) ? [] : ['-s', packet.dst]),
  ...(isWorld(packet.src) ? [] : ['-d', packet.src]),
  ...known,
];

/** A packet that the rule stopped; `inReply`: it was an answer already. */
export interface Stopped {
  readonly step: Step;
  readonly inReply: boolean;
}

/** Whole networks that cannot reach each other or the outside: the links say it, and every container of theirs is helped. */
const byLinks = ({ step: { packet }, inReply }: Stopped): readonly string[] | undefined =>
  packet.in !== undefined &&
  packet.out !== undefined &&
  (packet.in === packet.out || isWorld(packet.dst) || (inReply && isWorld(packet.src)))
    ? ['-i', packet.in, '-o', packet.out]
    : undefined;

/** What comes from anywhere is let through to its port only. */
export function specsFor(stopped: readonly Stopped[], rule: RuleRef): readonly (readonly string[])[] {
  const single = stopped.length === 1;
  const specs = stopped.flatMap((one) => {
    const { step, inReply } = one;
    const wide = single ? undefined : byLinks(one);
    // Of answers it is enough to say that they are; what was asked does not matter.
    if (inReply) return [[...(wide ?? matchOf(step, true)), ...known, '-j', 'ACCEPT']];
    const asked = [...(wide ?? matchOf(step, !single && !isWorld(step.packet.src))), '-j', 'ACCEPT'];
    if (!takesAnswer(rule, step) || (wide !== undefined && step.packet.in === step.packet.out)) return [asked];
    const answered = wide === undefined ? answerOf(step) : ['-i', step.packet.out!, '-o', step.packet.in!, ...known];
    return [asked, [...answered, '-j', 'ACCEPT']];
  });
  return [...new Map(specs.map((spec) => [spec.join(' '), spec] as const)).values()];
}
