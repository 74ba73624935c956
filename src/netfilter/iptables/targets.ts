/** iptables' targets: options → statements. A target that is not here, or a value that cannot be read, is an unknown effect. */
import type { ClauseOption, Expression, Statement, Verdict } from '../../model/statement.ts';
import { constant, ct, masked, meta, note, payload, verdict, xor } from '../build.ts';
import { natTargets } from './nat-targets.ts';
import { dscpOf, numberOf, valueAndMask } from './values.ts';

type Family = 'ip' | 'ip6';
type Translate = (options: readonly ClauseOption[], family: Family) => readonly Statement[] | undefined;

const ends =
  (what: Verdict): Translate =>
  () => [verdict(what)];

/** What leaves the packet as it is for every later rule. */
const notes = [
  'LOG',
  'NFLOG',
  'ULOG',
  'TRACE',
  'CHECKSUM',
  'TCPMSS',
  'CLASSIFY',
  'SECMARK',
  'CONNSECMARK',
  'AUDIT',
  'LED',
  'IDLETIMER',
  'RATEEST',
  'TEE',
  'TCPOPTSTRIP',
] as const; // prettier-ignore

const optionValue = (options: readonly ClauseOption[], name: string): string | undefined =>
  options.find((option) => option.name === name)?.values[0];

const full = 0xffffffff;
const unsigned = (value: number): number => value >>> 0;

/** `mark = (mark & ~mask) ^ value` (xt_MARK); 0 as a mask makes it a plain xor, as kube-proxy uses it. */
function markAssignment(target: Expression, options: readonly ClauseOption[]): readonly Statement[] | undefined {
  const option = options[0];
  const pair = valueAndMask(option?.values[0] ?? '');
  if (option === undefined || pair === undefined || options.length !== 1) return undefined;
  const [value, mask] = pair;
  const assign = (clear: number, bits: number): readonly Statement[] => [
    {
      kind: 'assign',
      target,
      value: clear === full ? constant(bits) : xor(masked(target, unsigned(~clear)), constant(bits)),
    },
  ];
  switch (option.name) {
    case '--set-xmark':
      return assign(mask, value);
    case '--set-mark':
      return assign(unsigned(mask | value), value);
    case '--and-mark':
      return assign(unsigned(~value), 0);
    case '--or-mark':
      return assign(value, value);
    case '--xor-mark':
      return assign(0, value);
    default:
      return undefined;
  }
}

/** Copies bits between packet mark and connection mark: `to = (to & ~toMask) ^ (from & fromMask)`. */
function copyMark(options: readonly ClauseOption[], save: boolean): readonly Statement[] | undefined {
  const maskOf = (name: string): number | undefined => {
    const text = optionValue(options, name) ?? optionValue(options, '--mask');
    return text === undefined ? full : numberOf(text);
  };
  const packetMask = maskOf('--nfmask');
  const connectionMask = maskOf('--ctmask');
  if (packetMask === undefined || connectionMask === undefined) return undefined;
  const [target, source, clear, take] = save
    ? [ct('mark'), meta('mark'), connectionMask, packetMask]
    : [meta('mark'), ct('mark'), packetMask, connectionMask];
  const taken = masked(source, take);
  return [{ kind: 'assign', target, value: clear === full ? taken : xor(masked(target, unsigned(~clear)), taken) }];
}

const connmark: Translate = (options) => {
  if (options.some((option) => option.name === '--save-mark')) return copyMark(options, true);
  if (options.some((option) => option.name === '--restore-mark')) return copyMark(options, false);
  return markAssignment(ct('mark'), options);
};

const connectionTarget: Translate = (options) =>
  options.some((option) => option.name === '--notrack')
    ? [{ kind: 'notrack' }]
    : [{ kind: 'ct-template', json: options }];

const hopLimit =
  (field: Expression, prefix: string): Translate =>
  (options) => {
    const option = options[0];
    const value = numberOf(option?.values[0]);
    if (option === undefined || value === undefined) return undefined;
    const op = { [`--${prefix}-inc`]: '+', [`--${prefix}-dec`]: '-' }[option.name] as '+' | '-' | undefined;
    const assigned: Expression =
      op === undefined ? constant(value) : { kind: 'binary', op, left: field, right: constant(value) };
    return [{ kind: 'assign', target: field, value: assigned }];
  };

const dscp: Translate = (options, family) => {
  const value = options[0] && dscpOf(options[0]);
  return value === undefined
    ? undefined
    : [{ kind: 'assign', target: payload(family, 'dscp'), value: constant(value) }];
};

const tos: Translate = (options, family) => {
  const field = payload(family, 'tos');
  const pair = valueAndMask(options[0]?.values[0] ?? '', 0xff);
  if (pair === undefined || options[0]?.name !== '--set-tos') return undefined;
  const [value, mask] = pair;
  return [
    {
      kind: 'assign',
      target: field,
      value: mask === 0xff ? constant(value) : xor(masked(field, 0xff & ~mask), constant(value)),
    },
  ];
};

const tproxy: Translate = (options) => {
  const port = numberOf(optionValue(options, '--on-port'));
  const address = optionValue(options, '--on-ip');
  const mark = optionValue(options, '--tproxy-mark');
  return [
    {
      kind: 'tproxy',
      ...(address !== undefined && { address: constant(address) }),
      ...(port !== undefined && { port: constant(port) }),
      ...(mark !== undefined && { mark }),
    },
  ];
};

const setTarget: Translate = (options) =>
  options.some((option) => option.name === '--map-set') ? undefined : [note('SET', options)];

export const targets: Readonly<Record<string, Translate>> = {
  ...Object.fromEntries(notes.map((name): [string, Translate] => [name, (options) => [note(name, options)]])),
  ACCEPT: ends({ kind: 'accept' }),
  DROP: ends({ kind: 'drop' }),
  RETURN: ends({ kind: 'return' }),
  CONTINUE: ends({ kind: 'continue' }),
  QUEUE: ends({ kind: 'queue', bypass: false }),
  NFQUEUE: (options) => [
    verdict({ kind: 'queue', bypass: options.some((option) => option.name === '--queue-bypass') }),
  ],
  REJECT: (options) => {
    const type = optionValue(options, '--reject-with');
    return [type === undefined ? { kind: 'reject' } : { kind: 'reject', with: type }];
  },
  MARK: (options) => markAssignment(meta('mark'), options),
  CONNMARK: connmark,
  CT: connectionTarget,
  NOTRACK: () => [{ kind: 'notrack' }],
  TTL: hopLimit(payload('ip', 'ttl'), 'ttl'),
  HL: hopLimit(payload('ip6', 'hoplimit'), 'hl'),
  DSCP: dscp,
  TOS: tos,
  ECN: () => [note('ECN')],
  TPROXY: tproxy,
  SET: setTarget,
  ...natTargets,
};
