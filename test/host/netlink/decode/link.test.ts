/** Links in brief: what a list of them shows is there, what only a look at one link needs is not. */
import { expect, test } from 'vitest';
import { decodeBriefLink, decodeLink } from '../../../../src/host/netlink/decode/link.ts';
import { linkContext } from '../../../../src/host/netlink/decode/link-context.ts';
import { builtInNames } from '../../../../src/host/netlink/decode/names.ts';
import { decodeMessages, RTM } from '../../../../src/host/netlink/wire/messages.ts';
import { kindMessage, type Part, portMessage } from '../build-message.ts';

const context = linkContext(builtInNames, new Map());

const decodeWith = (bytes: Uint8Array, decode: typeof decodeLink) =>
  decodeMessages(new DataView(bytes.slice().buffer), 0, bytes.length, [RTM.NEWLINK], (view, message) =>
    decode(view, message, context),
  ).items[0]?.linkinfo;

const port: readonly Part[] = [
  [1, { u8: 3 }],
  [4, { u8: 1 }],
];

test('a bridge port in brief has its state, as in full, and none of its settings', () => {
  const full = decodeWith(portMessage('bridge', port), decodeLink);
  expect(full?.info_slave_data).toMatchObject({ state: 'forwarding', hairpin: true });
  expect(decodeWith(portMessage('bridge', port), decodeBriefLink)).toEqual({
    info_slave_kind: 'bridge',
    info_slave_data: { state: 'forwarding' },
  });
});

test('a state without a word stays a number', () => {
  const odd = portMessage('bridge', [[1, { u8: 9 }]]);
  expect(decodeWith(odd, decodeBriefLink)?.info_slave_data).toEqual({ state_index: 9 });
});

test('a bridge in brief has its kind only, a VLAN its number', () => {
  expect(decodeWith(kindMessage('bridge', [[1, { u32: 1500 }]]), decodeBriefLink)).toEqual({ info_kind: 'bridge' });
  expect(decodeWith(kindMessage('vlan', [[1, { u16: 7 }]]), decodeBriefLink)?.info_data).toMatchObject({ id: 7 });
});
