/** What must be accepted before a rule so that the packets it stopped pass: as few matches as can be, none wider than the rule itself. */
import { readRuleWords, type Word } from '../systems/rule-words.ts';
import type { RuleRef } from '../trace/trace.ts';
import { isWorld, type Stopped, takesAnswer } from './takes-answer.ts';

export interface Match {
  readonly in?: string;
  readonly out?: string;
  readonly src?: string;
  readonly dst?: string;
  readonly proto?: string;
  readonly dports?: readonly string[];
  /** Only answers to what was let through. */
  readonly isAnswer: boolean;
}

type Field = 'in' | 'out' | 'src' | 'dst' | 'proto';
const fields: readonly Field[] = ['in', 'out', 'src', 'dst', 'proto'];

/** xt_multiport takes no more (XT_MULTI_PORTS). */
const portLimit = 15;

const address = (text: string): string | undefined => (isWorld(text) ? undefined : text);

const withoutAbsent = (match: { readonly [Key in keyof Match]: Match[Key] | undefined }): Match =>
  Object.fromEntries(Object.entries(match).filter(([, value]) => value !== undefined)) as unknown as Match;

/** Of answers it is enough to say that they are; what was asked does not matter. */
function requestOf({ step: { packet }, inReply }: Stopped, family: RuleRef['family']): Match {
  // Before a link's own chains nothing is known of connections (nf_conntrack_in comes later).
  return withoutAbsent({
    in: packet.in,
    out: packet.out,
    src: address(packet.src),
    dst: address(packet.dst),
    proto: inReply ? undefined : String(packet.proto),
    dports: inReply || packet.dport === undefined ? undefined : [String(packet.dport)],
    isAnswer: inReply && family !== 'netdev',
  });
}

const answerOf = ({ step: { packet } }: Stopped): Match =>
  withoutAbsent({
    in: packet.out,
    out: packet.in,
    src: address(packet.dst),
    dst: address(packet.src),
    proto: undefined,
    dports: undefined,
    isAnswer: true,
  });

/** The one value of all, or what the rule itself asks for. */
function common(matches: readonly Match[], field: Field, rule: Word | string | undefined): string | undefined {
  const values = new Set(matches.map((match) => match[field]));
  if (values.size === 1) return [...values][0];
  if (typeof rule === 'string') return rule;
  return rule === undefined || rule.not ? undefined : rule.value;
}

/** What comes from anywhere is let through to its own address and port only; what is known by its links and ends may say what it likes. */
const groupOf = ({ in: from, out, src, dst, proto, dports, isAnswer }: Match): string =>
  [from, out, isAnswer, ...(src === undefined && !isAnswer ? [dst, proto, dports === undefined] : [])].join(' ');

function merge(group: readonly Match[], rule: RuleRef): readonly Match[] {
  const [first] = group;
  if (first === undefined) return [];
  const words = readRuleWords(rule.rule, rule.backend === 'nft' ? 'nft' : 'iptables');
  const isOpen = first.src === undefined && !first.isAnswer;
  // Of neighbours on one bridge a few pairs were tried, not all.
  const ends = first.in !== undefined && first.in === first.out ? [] : group;
  const ports = isOpen ? [...new Set(group.flatMap(({ dports }) => dports ?? []))] : [];
  const whole = withoutAbsent({
    in: first.in,
    out: first.out,
    src: common(ends, 'src', words.src),
    dst: common(ends, 'dst', words.dst),
    proto: isOpen ? first.proto : first.isAnswer ? undefined : words.proto,
    dports: isOpen || first.isAnswer || words.dport === undefined || words.dport.not ? undefined : [words.dport.value],
    isAnswer: first.isAnswer,
  });
  if (ports.length === 0) return [whole];
  const chunks = Array.from({ length: Math.ceil(ports.length / portLimit) }, (_, n) =>
    ports.slice(n * portLimit, (n + 1) * portLimit),
  );
  return chunks.map((dports) => ({ ...whole, dports }));
}

const covers = (wide: Match, narrow: Match): boolean =>
  fields.every((field) => wide[field] === undefined || wide[field] === narrow[field]) &&
  (wide.dports === undefined || wide.dports.join() === narrow.dports?.join()) &&
  (!wide.isAnswer || narrow.isAnswer);

const keyOf = (match: Match): string =>
  JSON.stringify(fields.map((field) => match[field]).concat(match.dports?.join(), String(match.isAnswer)));

const distinct = (matches: readonly Match[]): readonly Match[] => [
  ...new Map(matches.map((match) => [keyOf(match), match] as const)).values(),
];

/** A single connection is let through by its port alone. */
export function matchesFor(stopped: readonly Stopped[], rule: RuleRef): readonly Match[] {
  const exact = stopped.flatMap((one) => [
    requestOf(one, rule.family),
    ...(!one.inReply && rule.family !== 'netdev' && takesAnswer(rule, one.step) ? [answerOf(one)] : []),
  ]);
  if (stopped.length === 1) return distinct(exact);
  const groups = [...Map.groupBy(exact, groupOf).values()];
  const merged = distinct(groups.flatMap((group) => merge(group, rule)));
  return merged.filter((match) => !merged.some((other) => other !== match && covers(other, match)));
}
