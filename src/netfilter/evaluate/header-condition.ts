/** The commonest pieces of iptables rules compiled straight from their text: `-i`, `-o` with a plain name, `-s`, `-d` with an IPv4 prefix. */
import type { Condition } from './compile-condition.ts';
import { addressNumber, type View } from './view.ts';

/** ` ! -d 10.0.0.0/8`. undefined: left to the general way, which gives the same answer (a test compares them). */
export function headerCondition(piece: string): Condition | undefined {
  const negated = piece.charCodeAt(1) === 33;
  const at = negated ? 4 : 2;
  const value = piece.slice(at + 2);
  switch (piece.charCodeAt(at)) {
    case 105:
      return isPlainName(value) ? ({ packet }) => (packet.in === value) !== negated : undefined;
    case 111:
      return isPlainName(value) ? ({ packet }) => (packet.out === value) !== negated : undefined;
    case 115:
      return prefixCondition(value, negated, (view) => view.src);
    case 100:
      return prefixCondition(value, negated, (view) => view.dst);
    default:
      return undefined;
  }
}

/** No wildcard, nothing quoted, not the old place of `!`. */
const isPlainName = (value: string): boolean => value !== '!' && !/[+*"]/.test(value);

function prefixCondition(text: string, negated: boolean, read: (view: View) => number | bigint): Condition | undefined {
  const slash = text.indexOf('/');
  const start = addressNumber(slash < 0 ? text : text.slice(0, slash));
  const length = slash < 0 ? 32 : Number(text.slice(slash + 1));
  if (typeof start !== 'number' || start < 0 || !(length >= 0 && length <= 32)) return undefined;
  const size = 2 ** (32 - length);
  const low = start - (start % size);
  const high = low + size - 1;
  return (view) => {
    const value = read(view);
    return (value >= low && value <= high) !== negated;
  };
}
