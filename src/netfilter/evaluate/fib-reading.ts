/** Route look-ups inside rules: nft's fib, iptables' addrtype. */
import { isUnknown, unknown } from '../context.ts';
import { addressTypes } from './symbols.ts';
import { boolean, number, type Reading, symbolic, type Value } from './value.ts';
import type { View } from './view.ts';

export function fibReading(result: string, flags: readonly string[]): Reading {
  if (result === 'type') return { type: symbolic(addressTypes), read: (view) => typeOf(view, flags) };
  if (result === 'oif' || result === 'oifname')
    return { type: { kind: 'found-link' }, read: (view) => lookUp(view, flags) };
  if (result === 'check') return { type: boolean, read: (view) => found(lookUp(view, flags)) };
  return { type: number, read: () => unknown(`fib ${flags.join(' . ')} ${result}`) };
}

/** '' when no route was found. */
function lookUp(view: View, flags: readonly string[]): Value {
  const { packet } = view;
  if (flags.includes('mark') && view.unknownMark !== undefined) return view.unknownMark;
  const answer = view.context.fib({
    flags,
    address: flags.includes('saddr') ? packet.src : packet.dst,
    mark: flags.includes('mark') ? packet.mark : 0,
    ...(flags.includes('iif') && packet.in !== undefined && { iif: packet.in }),
    ...(flags.includes('oif') && packet.out !== undefined && { oif: packet.out }),
  });
  return answer ?? '';
}

const found = (value: Value): Value => (typeof value === 'string' ? value !== '' : value);

function typeOf(view: View, flags: readonly string[]): Value {
  const { packet, context } = view;
  const source = flags.includes('saddr');
  const value = source ? view.src : view.dst;
  // __inet_dev_addr_type answers these before it looks into a table.
  if (packet.family === 4) {
    const address = Number(value);
    if (address >>> 24 === 0 || address === 0xffffffff) return addressTypes['broadcast'];
    if (address >>> 28 === 14) return addressTypes['multicast'];
  } else if (typeof value === 'bigint') {
    if (value >> 120n === 0xffn) return addressTypes['multicast'];
    if (value === 0n) return addressTypes['unspec'];
  }
  const limit = flags.includes('iif') ? packet.in : flags.includes('oif') ? packet.out : undefined;
  const answer = context.addressType(source ? packet.src : packet.dst, limit);
  return isUnknown(answer) ? answer : addressTypes[answer];
}
