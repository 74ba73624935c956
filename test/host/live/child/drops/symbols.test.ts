import { expect, test } from 'vitest';
import { parseSymbols } from '../../../../../src/host/live/child/drops/symbols.ts';

const symbols = parseSymbols(`ffffffff81000000 T _text
ffffffff82000100 t ip_rcv_core.isra.0
ffffffff82000400 T ip_rcv
ffffffff82000200 d some_data
ffffffffa0001000 t br_forward\t[bridge]
`);

test.each([
  ['inside a function', 0xffffffff82000180n, 'ip_rcv_core'],
  ['right behind its last call', 0xffffffff82000400n, 'ip_rcv_core'],
  ['in a module', 0xffffffffa0001010n, 'br_forward'],
])('an address %s has its name', (_name, address, expected) => {
  expect(symbols.nameOf(address)).toBe(expected);
});

test('where names are hidden the address stands for itself', () => {
  expect(parseSymbols('0000000000000000 T ip_rcv\n').nameOf(0xffffffff82000400n)).toBe('0xffffffff82000400');
});
