/** What rules can ask of the packet's conntrack entry. Without one, nft ends the rule, except for the state. */
import type { Proto, Tuple } from '../../model/packet.ts';
import { type CtView, isUnknown, unknown } from '../context.ts';
import { ephemeralPort } from './payload-reading.ts';
import { ctDirections, ctStates, ctStatusBits, nfProtocols, protocolNumbers } from './symbols.ts';
import { address, boolean, number, type Reading, symbolic, text, type Value, type ValueType } from './value.ts';
import { addressNumber, type View } from './view.ts';

const statusBits = (ct: CtView): number => {
  let bits = 0;
  for (const status of ct.status) bits |= ctStatusBits[status] ?? 0;
  return bits;
};

/** No entry: UNTRACKED after notrack, else INVALID (nft_ct_get_eval, conntrack_mt). */
function state(view: View): Value {
  const ct = view.context.ct;
  if (view.untracked) return ctStates['untracked'];
  if (ct === undefined) return ctStates['invalid'];
  if (isUnknown(ct.state)) return ct.state;
  return ctStates[ct.state.toLowerCase()];
}

/** iptables' states with SNAT and DNAT as bits of their own. */
function stateWithNat(view: View): Value {
  const base = state(view);
  const ct = view.context.ct;
  if (typeof base !== 'number' || ct === undefined || view.untracked) return base;
  return base | (ct.status.has('snat') ? 0x10000 : 0) | (ct.status.has('dnat') ? 0x20000 : 0);
}

const protoNumber = (proto: Proto): number => (typeof proto === 'number' ? proto : (protocolNumbers[proto] ?? 255));

type Direction = 'original' | 'reply' | undefined;

const tuple = (ct: CtView, direction: Direction): Tuple => ct[direction ?? ct.direction];

const entryKeys: Readonly<
  Record<string, readonly [ValueType, (ct: CtView, view: View, direction: Direction) => Value]>
> = {
  status: [symbolic(ctStatusBits), statusBits],
  mark: [number, (ct, view) => view.ctMark ?? ct.mark],
  direction: [symbolic(ctDirections), (ct) => ctDirections[ct.direction]],
  protocol: [symbolic(protocolNumbers), (ct, _view, direction) => protoNumber(tuple(ct, direction).proto)],
  l3proto: [symbolic(nfProtocols), (_ct, view) => (view.packet.family === 4 ? 2 : 10)],
  saddr: [address, (ct, _view, direction) => addressNumber(tuple(ct, direction).src)],
  daddr: [address, (ct, _view, direction) => addressNumber(tuple(ct, direction).dst)],
  'proto-src': [number, (ct, view, direction) => tuple(ct, direction).sport ?? ephemeralPort(view)],
  'proto-dst': [number, (ct, view, direction) => tuple(ct, direction).dport ?? ephemeralPort(view)],
  zone: [number, (ct) => ct.zone ?? 0],
};

export function ctReading(key: string, direction: Direction, iptables: boolean): Reading {
  const [, family, plain] = /^(?:(ip|ip6) )?(.+)$/.exec(key) ?? [];
  if (plain === 'state') return { type: symbolic(ctStates), read: iptables ? stateWithNat : state };
  if (plain === 'tracked') return { type: boolean, read: (view) => view.context.ct !== undefined && !view.untracked };
  if (plain === 'helper') return { type: text, read: (view) => helper(view, iptables) };
  const known = entryKeys[plain ?? ''];
  const type = known?.[0] ?? number;
  return {
    type,
    read: (view) => {
      const ct = view.context.ct;
      if (ct === undefined || view.untracked) return undefined;
      if (family !== undefined && (family === 'ip') !== (view.packet.family === 4)) return undefined;
      return known === undefined ? unknown(`ct ${key} of the connection`) : known[1](ct, view, direction);
    },
  };
}

/** iptables compares with nothing when there is no helper (helper_mt); nft ends the rule. */
function helper(view: View, iptables: boolean): Value {
  const ct = view.context.ct;
  if (ct?.helper === undefined || view.untracked) return iptables ? '' : undefined;
  return ct.helper;
}
