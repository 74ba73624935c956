/** iptables' conntrack and state matches as comparisons with ct keys (xt_conntrack's conntrack_mt). */
import type { ClauseOption, Expression, Statement } from '../../model/statement.ts';
import { constant, ct, isOrNot, match, oneOf } from '../build.ts';
import { addressStatement, spanOf } from './values.ts';

type Family = 'ip' | 'ip6';

/** The whole list is one set of bits, negation included; SNAT and DNAT are virtual states. */
const stateTest = (option: ClauseOption): Statement => ({
  kind: 'match',
  left: ct('state'),
  op: option.negated ? '!' : 'in',
  right: oneOf((option.values[0] ?? '').split(',').map((state) => constant(state.toLowerCase()))),
});

const statusNames: Readonly<Record<string, string>> = {
  EXPECTED: 'expected',
  SEEN_REPLY: 'seen-reply',
  ASSURED: 'assured',
  CONFIRMED: 'confirmed',
};

function statusTest(option: ClauseOption): Statement {
  // NONE adds no bit to the mask, so that alone it never matches.
  const bits = (option.values[0] ?? '').split(',').filter((name) => name !== 'NONE');
  const right: Expression = {
    kind: 'set',
    elements: bits.map((name) => ({ key: constant(statusNames[name] ?? name) })),
  };
  return match(ct('status'), option.negated ? '!' : 'in', right);
}

function portTest(key: string, direction: 'original' | 'reply', option: ClauseOption): Statement | undefined {
  const span = spanOf(option.values[0] ?? '', ':', 65535);
  return span && isOrNot(ct(key, direction), option.negated, span);
}

const others: Readonly<Record<string, (option: ClauseOption, family: Family) => Statement | undefined>> = {
  '--ctproto': (option) => isOrNot(ct('protocol', 'original'), option.negated, constant(option.values[0] ?? '')),
  '--ctorigsrc': (option, family) =>
    addressStatement(ct('saddr', 'original'), option.negated, option.values[0] ?? '', family),
  '--ctorigdst': (option, family) =>
    addressStatement(ct('daddr', 'original'), option.negated, option.values[0] ?? '', family),
  '--ctreplsrc': (option, family) =>
    addressStatement(ct('saddr', 'reply'), option.negated, option.values[0] ?? '', family),
  '--ctrepldst': (option, family) =>
    addressStatement(ct('daddr', 'reply'), option.negated, option.values[0] ?? '', family),
  '--ctorigsrcport': (option) => portTest('proto-src', 'original', option),
  '--ctorigdstport': (option) => portTest('proto-dst', 'original', option),
  '--ctreplsrcport': (option) => portTest('proto-src', 'reply', option),
  '--ctrepldstport': (option) => portTest('proto-dst', 'reply', option),
  '--ctdir': (option) => isOrNot(ct('direction'), option.negated, constant((option.values[0] ?? '').toLowerCase())),
  '--ctstatus': statusTest,
  '--ctexpire': (option) => isOrNot(ct('expiration'), option.negated, constant(option.values[0] ?? '')),
};

export function conntrackStatements(
  options: readonly ClauseOption[],
  family: Family,
): readonly Statement[] | undefined {
  const states = options.filter((option) => option.name === '--ctstate').map(stateTest);
  const rest: Statement[] = [];
  for (const option of options) {
    if (option.name === '--ctstate') continue;
    const test = others[option.name]?.(option, family);
    if (test === undefined) return undefined;
    rest.push(test);
  }
  if (states.length === 0 || rest.length === 0) return [...states, ...rest];
  // Without an entry only the state is looked at, if it is asked for at all.
  const noEntry = match(ct('tracked'), '==', constant(false));
  return [...states, { kind: 'either', negated: false, alternatives: [[noEntry], rest] }];
}

export function stateStatements(options: readonly ClauseOption[]): readonly Statement[] | undefined {
  return options.every((option) => option.name === '--state') ? options.map(stateTest) : undefined;
}
