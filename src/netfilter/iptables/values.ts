/** Values of iptables options → expressions. */
import type { ClauseOption, Expression, Statement } from '../../model/statement.ts';
import { constant, isOrNot, match, oneOf, range } from '../build.ts';
import { dscpClasses } from '../evaluate/symbols.ts';

export const numberOf = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) return undefined;
  return Number(text);
};

/** `80`, `1:1024`, `:1024`, `1024:`. Service names are kept as they are: their match is unknown. */
export function spanOf(text: string, separator: string, max: number): Expression | undefined {
  const at = text.indexOf(separator);
  if (at < 0) {
    const number = numberOf(text);
    return number === undefined ? undefined : constant(number);
  }
  const from = at === 0 ? 0 : numberOf(text.slice(0, at));
  const to = at === text.length - 1 ? max : numberOf(text.slice(at + 1));
  return from === undefined || to === undefined ? undefined : range(from, to);
}

/** `0x4000/0xf000`. */
export function valueAndMask(text: string, full = 0xffffffff): readonly [number, number] | undefined {
  const [value, mask] = text.split('/');
  const v = numberOf(value);
  const m = mask === undefined ? full : numberOf(mask);
  return v === undefined || m === undefined ? undefined : [v, m];
}

export const dscpOf = (option: ClauseOption): number | undefined =>
  numberOf(option.values[0]) ?? dscpClasses[(option.values[0] ?? '').toLowerCase()];

/** iptables' `eth+` is nft's `eth*`; a star at the end of an iptables name is itself. */
export function linkPattern(name: string): string {
  if (name.endsWith('+')) return `${name.slice(0, -1)}*`;
  return name.endsWith('*') ? `${name.slice(0, -1)}\\*` : name;
}

/** `10.0.0.0/8`, `10.0.0.0/255.255.0.255`, or several with commas. */
export function addressStatement(left: Expression, negated: boolean, text: string, family: 'ip' | 'ip6'): Statement {
  if (text.includes(','))
    return isOrNot(left, negated, oneOf(text.split(',').map((part) => addressValue(part, family))));
  const slash = text.indexOf('/');
  const mask = slash < 0 ? '' : text.slice(slash + 1);
  if (!/[.:]/.test(mask)) return isOrNot(left, negated, addressValue(text, family));
  const bits: Expression = { kind: 'binary', op: '&', left, right: constant(mask) };
  return match(bits, negated ? '!=' : '==', constant(text.slice(0, slash)));
}

export function addressValue(text: string, family: 'ip' | 'ip6'): Expression {
  const slash = text.indexOf('/');
  if (slash < 0) return constant(text);
  const length = Number(text.slice(slash + 1));
  const address = text.slice(0, slash);
  return length === (family === 'ip' ? 32 : 128) ? constant(address) : { kind: 'prefix', address, length };
}
