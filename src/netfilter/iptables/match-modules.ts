/** iptables' match modules that have a neutral form: options → statements. undefined: a value could not be read. */
import type { ClauseOption, Expression, Statement } from '../../model/statement.ts';
import { constant, ct, isOrNot, masked, match, meta, oneOf, payload, range } from '../build.ts';
import { addrtypeStatements } from './addrtype-statements.ts';
import { conntrackStatements, stateStatements } from './conntrack-statements.ts';
import { icmpNames, icmpv6Names } from './icmp-names.ts';
import { dscpOf, linkPattern, numberOf, spanOf, valueAndMask } from './values.ts';

export type Translate = (options: readonly ClauseOption[], family: 'ip' | 'ip6') => readonly Statement[] | undefined;
type OptionTable = Readonly<
  Record<string, (option: ClauseOption, family: 'ip' | 'ip6') => Statement | readonly Statement[] | undefined>
>;

/** Every option on its own; all must hold. */
const each =
  (table: OptionTable): Translate =>
  (options, family) => {
    const statements: Statement[] = [];
    for (const option of options) {
      const made = table[option.name]?.(option, family);
      if (made === undefined) return undefined;
      if (Array.isArray(made)) statements.push(...(made as readonly Statement[]));
      else statements.push(made as Statement);
    }
    return statements;
  };

const compareSpan = (left: Expression, option: ClauseOption, separator = ':', max = 65535): Statement | undefined => {
  const right = spanOf(option.values[0] ?? '', separator, max);
  return right && isOrNot(left, option.negated, right);
};

const ports = (protocol: string): Translate =>
  each({
    '--sport': (option) => compareSpan(payload(protocol, 'sport'), option),
    '--dport': (option) => compareSpan(payload(protocol, 'dport'), option),
    '--tcp-flags': tcpFlags,
    '--tcp-option': unreadable('tcp-option'),
    '--chunk-types': unreadable('sctp-chunks'),
    '--dccp-types': unreadable('dccp-types'),
    '--dccp-option': unreadable('dccp-option'),
  });

/** A condition on bytes no model packet has; kept apart so that the ports beside it still decide. */
const unreadable =
  (module: string) =>
  (option: ClauseOption): Statement => ({ kind: 'extension', module, options: [option] });

const flagBits: Readonly<Record<string, number>> = {
  FIN: 1,
  SYN: 2,
  RST: 4,
  PSH: 8,
  ACK: 16,
  URG: 32,
  ALL: 63,
  NONE: 0,
}; // prettier-ignore

function tcpFlags(option: ClauseOption): Statement | undefined {
  const [mask, set] = option.values.map((list) => {
    const names = list.split(',').map((name) => flagBits[name]);
    return names.includes(undefined) ? undefined : names.reduce<number>((bits, bit) => bits | (bit ?? 0), 0);
  });
  if (mask === undefined || set === undefined) return undefined;
  return isOrNot(masked(payload('tcp', 'flags'), mask), option.negated, constant(set));
}

const multiport: Translate = each({
  '--sports': (option) => listedPorts(option, ['sport']),
  '--dports': (option) => listedPorts(option, ['dport']),
  '--ports': (option) => listedPorts(option, ['sport', 'dport']),
});

function listedPorts(option: ClauseOption, fields: readonly string[]): Statement | undefined {
  const spans = (option.values[0] ?? '').split(',').map((part) => spanOf(part, ':', 65535));
  if (spans.includes(undefined)) return undefined;
  const set = oneOf(spans as Expression[]);
  if (fields.length === 1) return isOrNot(payload('th', fields[0]!), option.negated, set);
  const alternatives = fields.map((field) => [match(payload('th', field), '==', set)]);
  return { kind: 'either', negated: option.negated, alternatives };
}

function icmpType(option: ClauseOption, protocol: 'icmp' | 'icmpv6'): Statement | undefined {
  const text = option.values[0] ?? '';
  // 255 stands for any type (icmp_type_code_match).
  if (text === 'any' || text === '255') return { kind: 'either', negated: option.negated, alternatives: [[]] };
  const named = (protocol === 'icmp' ? icmpNames : icmpv6Names)[text];
  const [type, code] = named ?? text.split('/').map(numberOf);
  if (type === undefined || (named === undefined && text.includes('/') && code === undefined)) return undefined;
  const isType = isOrNot(payload(protocol, 'type'), code === undefined && option.negated, constant(type));
  if (code === undefined) return isType;
  const isCode = match(payload(protocol, 'code'), '==', constant(code));
  return { kind: 'either', negated: option.negated, alternatives: [[isType, isCode]] };
}

const markTest =
  (left: Expression) =>
  (option: ClauseOption): Statement | undefined => {
    const pair = valueAndMask(option.values[0] ?? '');
    return pair && isOrNot(masked(left, pair[1]), option.negated, constant(pair[0]));
  };

const hopLimit = (left: Expression, prefix: string): Translate => {
  const compare = (op: '<' | '>') => (option: ClauseOption) => {
    const value = numberOf(option.values[0]);
    return value === undefined ? undefined : match(left, op, constant(value));
  };
  return each({
    [`--${prefix}-eq`]: (option) => compareSpan(left, option, ':', 255),
    [`--${prefix}-gt`]: compare('>'),
    [`--${prefix}-lt`]: compare('<'),
  });
};

const rangeTest = (field: string) => (option: ClauseOption, family: 'ip' | 'ip6') => {
  const [from, to] = (option.values[0] ?? '').split('-');
  if (from === undefined || to === undefined) return undefined;
  return isOrNot(payload(family, field), option.negated, range(from, to));
};

const linkTest =
  (key: 'in' | 'out') =>
  (option: ClauseOption): Statement =>
    isOrNot({ kind: 'physdev', key }, option.negated, constant(linkPattern(option.values[0] ?? '')));

const bridgeTest =
  (key: 'is-in' | 'is-out' | 'is-bridged') =>
  (option: ClauseOption): Statement =>
    isOrNot({ kind: 'physdev', key }, option.negated, constant(true));

const set: Translate = (options) => {
  const chosen = options.find((option) => option.name === '--match-set');
  const [name, dimensions] = chosen?.values ?? [];
  if (chosen === undefined || name === undefined || dimensions === undefined) return undefined;
  const harmless = new Set(['--match-set', '--update-counters', '--update-subcounters']);
  const stateful = options.some((option) => !harmless.has(option.name));
  return [{ kind: 'ipset', name, dimensions: dimensions.split(','), negated: chosen.negated, stateful }];
};

const dscpTest = (option: ClauseOption, family: 'ip' | 'ip6'): Statement | undefined => {
  const value = dscpOf(option);
  return value === undefined ? undefined : isOrNot(payload(family, 'dscp'), option.negated, constant(value));
};

const tosTest = (option: ClauseOption, family: 'ip' | 'ip6'): Statement | undefined => {
  const pair = valueAndMask(option.values[0] ?? '', 0xff);
  return pair && isOrNot(masked(payload(family, 'tos'), pair[1]), option.negated, constant(pair[0]));
};

const packetTypes: Readonly<Record<string, string>> = {
  unicast: 'host',
  broadcast: 'broadcast',
  multicast: 'multicast',
};

export const matchModules: Readonly<Record<string, Translate>> = {
  comment: () => [],
  tcp: ports('tcp'),
  udp: ports('udp'),
  udplite: ports('udplite'),
  sctp: ports('sctp'),
  dccp: ports('dccp'),
  multiport,
  icmp: each({ '--icmp-type': (option) => icmpType(option, 'icmp') }),
  icmp6: each({ '--icmpv6-type': (option) => icmpType(option, 'icmpv6') }),
  addrtype: addrtypeStatements,
  conntrack: conntrackStatements,
  state: stateStatements,
  mark: each({ '--mark': markTest(meta('mark')) }),
  connmark: each({ '--mark': markTest(ct('mark')) }),
  set,
  iprange: each({ '--src-range': rangeTest('saddr'), '--dst-range': rangeTest('daddr') }),
  length: each({ '--length': (option) => compareSpan(meta('length'), option) }),
  ttl: hopLimit(payload('ip', 'ttl'), 'ttl'),
  hl: hopLimit(payload('ip6', 'hoplimit'), 'hl'),
  dscp: each({ '--dscp': dscpTest, '--dscp-class': dscpTest }),
  tos: each({ '--tos': tosTest }),
  pkttype: each({
    '--pkt-type': (option) => {
      const type = packetTypes[(option.values[0] ?? '').toLowerCase()];
      return type === undefined ? undefined : isOrNot(meta('pkttype'), option.negated, constant(type));
    },
  }),
  mac: each({
    '--mac-source': (option) =>
      isOrNot(payload('ether', 'saddr'), option.negated, constant((option.values[0] ?? '').toLowerCase())),
  }),
  physdev: each({
    '--physdev-in': linkTest('in'),
    '--physdev-out': linkTest('out'),
    '--physdev-is-in': bridgeTest('is-in'),
    '--physdev-is-out': bridgeTest('is-out'),
    '--physdev-is-bridged': bridgeTest('is-bridged'),
  }),
  helper: each({
    '--helper': (option) => isOrNot(ct('helper'), option.negated, constant(option.values[0] ?? '')),
  }),
};
