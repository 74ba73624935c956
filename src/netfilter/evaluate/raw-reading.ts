/** nft's `@base,offset,length`: bits of the packet by position, as far as its bytes are known. */
import { unknown } from '../context.ts';
import { headerBytes } from './header-bytes.ts';
import { number, type Reading, type Value } from './value.ts';
import type { View } from './view.ts';

export function rawReading(base: string, offset: number, length: number): Reading {
  const doubt = unknown(`bits ${offset} to ${offset + length - 1} of the packet (@${base})`);
  return { type: number, read: (view) => readBits(view, base, offset, length) ?? doubt };
}

/** undefined: not known. */
function readBits(view: View, base: string, offset: number, length: number): Value {
  if (length > 32) return undefined;
  const header = headerBytes(view);
  const start = base === 'nh' ? 0 : base === 'th' ? header.transport : base === 'ih' ? header.payload : undefined;
  if (start === undefined) return undefined;
  let value = 0;
  for (let bit = start * 8 + offset; bit < start * 8 + offset + length; bit++) {
    const shift = 7 - (bit % 8);
    const byte = Math.floor(bit / 8);
    if ((((header.known[byte] ?? 0) >> shift) & 1) === 0) return undefined;
    value = value * 2 + (((header.bytes[byte] ?? 0) >> shift) & 1);
  }
  return value;
}
