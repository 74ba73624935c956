/** What an expression reads: a number, an address, a link's name; or nothing, which ends the rule; or unknown. */
import type { Unknown } from '../context.ts';
import type { Symbols } from './symbols.ts';
import type { View } from './view.ts';

/** Unknown, but not outside of these bounds. */
export interface UnknownWithin extends Unknown {
  readonly within: readonly [number, number];
}

/** undefined: the packet has no such field; nft ends the rule there (NFT_BREAK), whatever the comparison. */
export type Value = number | bigint | string | boolean | Unknown | UnknownWithin | undefined | readonly Value[];

export type Read = (view: View) => Value;

/** How texts and numbers of a rule are to be read for one kind of value. */
export type ValueType =
  | { readonly kind: 'number'; readonly symbols?: Symbols }
  | { readonly kind: 'address' }
  | { readonly kind: 'ether' }
  /** A link by name (a trailing star is a prefix); or by index, which nft shows as a name while there is one. */
  | { readonly kind: 'link'; readonly byIndex?: true }
  /** A link found by a look-up; `true` and `false` ask whether there is one. */
  | { readonly kind: 'found-link' }
  | { readonly kind: 'text' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'tuple'; readonly parts: readonly ValueType[] };

export interface Reading {
  readonly type: ValueType;
  readonly read: Read;
}

export const number: ValueType = { kind: 'number' };
export const symbolic = (symbols: Symbols): ValueType => ({ kind: 'number', symbols });
export const address: ValueType = { kind: 'address' };
export const ether: ValueType = { kind: 'ether' };
export const link: ValueType = { kind: 'link' };
export const linkIndex: ValueType = { kind: 'link', byIndex: true };
export const text: ValueType = { kind: 'text' };
export const boolean: ValueType = { kind: 'boolean' };
