/** Constants of a rule → comparable values, read as the other side of the comparison is. */
import type { ValueType } from './value.ts';
import { addressNumber } from './view.ts';

/** 48 bits as a number; undefined: not six hex bytes. */
export function parseEther(text: string): number | undefined {
  const bytes = text.split(':');
  if (bytes.length !== 6 || !bytes.every((byte) => /^[0-9a-fA-F]{1,2}$/.test(byte))) return undefined;
  return bytes.reduce((value, byte) => value * 256 + Number.parseInt(byte, 16), 0);
}

/** undefined: the text means nothing for this type, so that the comparison is unknown. Links and texts stay strings. */
export function constantValue(
  type: ValueType,
  constant: string | number | boolean,
): number | bigint | string | boolean | undefined {
  switch (type.kind) {
    case 'number':
      return numericValue(constant, type.symbols);
    case 'address': {
      if (typeof constant !== 'string') return undefined;
      const value = addressNumber(constant);
      return value === -1 ? undefined : value;
    }
    case 'ether':
      return typeof constant === 'string' ? parseEther(constant) : undefined;
    case 'boolean':
      return typeof constant === 'boolean'
        ? constant
        : constant === 1 || constant === 'exists'
          ? true
          : constant === 0 || constant === 'missing'
            ? false
            : undefined;
    case 'link':
    case 'found-link':
    case 'text':
      return constant;
    case 'tuple':
      return undefined;
  }
}

function numericValue(
  constant: string | number | boolean,
  symbols: Readonly<Record<string, number>> | undefined,
): number | undefined {
  if (typeof constant === 'number') return constant;
  if (typeof constant === 'boolean') return constant ? 1 : 0;
  const named = symbols !== undefined && Object.hasOwn(symbols, constant) ? symbols[constant] : undefined;
  if (named !== undefined) return named;
  return /^(0x[0-9a-fA-F]+|\d+)$/.test(constant) ? Number(constant) : undefined;
}
