/** The rules of a chain that a packet need not be held against: in large rulesets nearly all of them. */
import type { Chain, Table } from '../../model/ruleset.ts';
import { type Guard, guardField, readGuard } from './guard.ts';
import type { View } from './view.ts';

/** Kept as columns, one row a rule; a row is read when a packet first gets there (its field is 0 until then). */
export interface ChainGuards {
  readonly table: Table;
  readonly chain: Chain;
  readonly field: Uint8Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly name: string[];
}

const known = new WeakMap<Chain, ChainGuards>();
const scratch: Guard = { field: 0, low: 0, high: 0, name: '' };

export function chainGuards(table: Table, chain: Chain): ChainGuards {
  const before = known.get(chain);
  if (before !== undefined) return before;
  const { length } = chain.rules;
  const made: ChainGuards = {
    table,
    chain,
    field: new Uint8Array(length),
    low: new Float64Array(length),
    high: new Float64Array(length),
    name: [],
  };
  known.set(chain, made);
  return made;
}

/** Position of the first rule from there on that may match; past the end: none. */
export function nextCandidate(guards: ChainGuards, from: number, view: View): number {
  const { field } = guards;
  for (let n = from; n < field.length; n++) {
    if (field[n] === 0) fill(guards, n);
    if (field[n] === guardField.nothing || mayMatch(guards, n, view)) return n;
  }
  return Math.max(from, field.length);
}

function fill({ table, chain, field, low, high, name }: ChainGuards, n: number): void {
  readGuard(chain.rules[n]!, table.family, scratch);
  field[n] = scratch.field;
  low[n] = scratch.low;
  high[n] = scratch.high;
  if (scratch.name !== '') name[n] = scratch.name;
}

function mayMatch({ field, low, high, name }: ChainGuards, n: number, view: View): boolean {
  const { packet } = view;
  switch (field[n]) {
    case guardField.source:
      return view.src >= low[n]! && view.src <= high[n]!;
    case guardField.destination:
      return view.dst >= low[n]! && view.dst <= high[n]!;
    case guardField.tcpPort:
      return view.proto === 6 && mayHavePort(view, low[n]!);
    case guardField.udpPort:
      return view.proto === 17 && mayHavePort(view, low[n]!);
    case guardField.mark:
      return view.unknownMark !== undefined || (packet.mark & high[n]!) >>> 0 === low[n];
    case guardField.in:
      return packet.in === name[n];
    case guardField.out:
      return packet.out === name[n];
    case guardField.protocol:
      return view.proto === low[n];
    default:
      return true;
  }
}

/** An answer's port is not known, but it is one of those the kernel chooses from. */
function mayHavePort({ packet, context }: View, port: number): boolean {
  if (packet.dport !== undefined) return packet.dport === port;
  const [first, last] = context.ephemeralPorts ?? [1, 65535];
  return port >= first && port <= last;
}
