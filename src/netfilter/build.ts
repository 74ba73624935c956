/** Short ways to write statements and expressions; the parsers and tests read like rules with them. */
import type { CompareOp, Expression, Statement, Verdict } from '../model/statement.ts';

export const constant = (value: string | number | boolean): Expression => ({ kind: 'constant', value });
export const meta = (key: string): Expression => ({ kind: 'meta', key });
export const payload = (protocol: string, field: string): Expression => ({ kind: 'payload', protocol, field });
export const range = (from: string | number, to: string | number): Expression => ({
  kind: 'range',
  from: constant(from),
  to: constant(to),
});
export const oneOf = (keys: readonly Expression[]): Expression =>
  keys.length === 1 ? keys[0]! : { kind: 'set', elements: keys.map((key) => ({ key })) };
export const ct = (key: string, direction?: 'original' | 'reply'): Expression => ({
  kind: 'ct',
  key,
  ...(direction !== undefined && { direction }),
});
export const masked = (left: Expression, mask: number): Expression =>
  mask === 0xffffffff ? left : { kind: 'binary', op: '&', left, right: constant(mask) };
export const xor = (left: Expression, right: Expression): Expression => ({ kind: 'binary', op: '^', left, right });
export const match = (left: Expression, op: CompareOp, right: Expression): Statement => ({
  kind: 'match',
  left,
  op,
  right,
});
export const isOrNot = (left: Expression, negated: boolean, right: Expression): Statement =>
  match(left, negated ? '!=' : '==', right);
export const verdict = (what: Verdict): Statement => ({ kind: 'verdict', verdict: what });
export const note = (name: string, json: unknown = null): Statement => ({ kind: 'note', name, json });
