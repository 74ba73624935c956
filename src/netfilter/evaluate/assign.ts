/** What a rule writes: packet mark, connection mark, TTL, DSCP. What nothing later can read is left alone. */
import type { Packet } from '../../model/packet.ts';
import type { Expression } from '../../model/statement.ts';
import { formatAddress } from '../../std/ip-address.ts';
import { isUnknown, type Unknown, unknown } from '../context.ts';
import { compileRead } from './compile-read.ts';
import { foldBits } from './compile-test.ts';
import { constantValue } from './constants.ts';
import type { Environment } from './environment.ts';
import type { Read, Value } from './value.ts';
import type { View } from './view.ts';

/** 'break': the value cannot be read from this packet, so that the rule ends. `changed` false: nothing a packet model holds. */
export type Assigned = 'break' | { readonly view: View; readonly changed: boolean } | Unknown;
export type Assign = (view: View) => Assigned;

export function compileAssign(target: Expression, value: Expression, env: Environment): Assign {
  const read = valueRead(target, value, env);
  const write = writer(target);
  return (view) => {
    const written = read(view);
    if (written === undefined) return 'break';
    const next = write(view, written);
    return isUnknown(next) ? next : { view: next, changed: next !== view };
  };
}

/** A constant is read as its target is: `ip dscp set cs1`. */
function valueRead(target: Expression, value: Expression, env: Environment): Read {
  const type = compileRead(target, env).type;
  const fixed = value.kind === 'constant' ? constantValue(type, value.value) : foldBits(value, type);
  return fixed === undefined ? compileRead(value, env).read : () => fixed;
}

type Write = (view: View, value: Value) => View | Unknown;

function writer(target: Expression): Write {
  if (target.kind === 'meta') return target.key === 'mark' ? writeMark : keep;
  if (target.kind === 'ct') return target.key === 'mark' ? writeConnectionMark : keep;
  if (target.kind === 'payload') {
    const write = payloadWriters[target.field];
    return write === undefined
      ? unknownField(target)
      : target.protocol === 'ip' || target.protocol === 'ip6'
        ? ownFamily(target.protocol, write)
        : write;
  }
  if (target.kind === 'raw-payload') return unknownField(target);
  return keep;
}

const keep: Write = (view) => view;

const unknownField =
  (target: Extract<Expression, { kind: 'payload' | 'raw-payload' }>): Write =>
  () =>
    unknown(
      target.kind === 'payload' ? `a rewritten ${target.protocol} ${target.field}` : 'rewritten bytes of the packet',
    );

function writeMark(view: View, value: Value): View {
  if (typeof value === 'number') {
    const { unknownMark: _, ...rest } = view;
    return { ...rest, packet: { ...view.packet, mark: value >>> 0 } };
  }
  return { ...view, unknownMark: isUnknown(value) ? value : unknown('the mark a rule has written') };
}

/** Without an entry there is nothing to write on (connmark_tg, nft_ct_set_eval). */
function writeConnectionMark(view: View, value: Value): View {
  if (view.context.ct === undefined || view.untracked) return view;
  const mark =
    typeof value === 'number' ? value >>> 0 : isUnknown(value) ? value : unknown('the mark of the connection');
  return { ...view, ctMark: mark };
}

const change = (view: View, packet: Partial<Packet>): View => ({ ...view, packet: { ...view.packet, ...packet } });

/** Stateless translation of an address: conntrack knows nothing of it. */
const readdress =
  (field: 'src' | 'dst') =>
  (view: View, value: Value): View | Unknown => {
    if (typeof value !== 'number' && typeof value !== 'bigint') return unknown('the address a rule has written');
    const text = formatAddress({ family: view.packet.family, value: BigInt(value) });
    return { ...change(view, { [field]: text }), [field]: value };
  };

const clamp = (value: number): number => Math.min(255, Math.max(0, value > 0xffff ? 0 : value));

/** An unknown TTL or DSCP matters to no verdict but a match on it: those become unknown by the rule that wrote it. */
const payloadWriters: Readonly<Record<string, (view: View, value: Value) => View | Unknown>> = {
  saddr: readdress('src'),
  daddr: readdress('dst'),
  checksum: (view) => view,
  ttl: (view, value) =>
    typeof value === 'number' ? change(view, { ttl: clamp(value) }) : unknown('the TTL a rule has written'),
  hoplimit: (view, value) =>
    typeof value === 'number' ? change(view, { ttl: clamp(value) }) : unknown('the hop limit a rule has written'),
  dscp: (view, value) =>
    typeof value === 'number'
      ? change(view, { tos: ((value << 2) | (view.packet.tos & 3)) & 0xff })
      : unknown('the DSCP a rule has written'),
  ecn: (view, value) =>
    typeof value === 'number'
      ? change(view, { tos: (view.packet.tos & 0xfc) | (value & 3) })
      : unknown('the ECN bits a rule has written'),
  tos: (view, value) =>
    typeof value === 'number' ? change(view, { tos: value & 0xff }) : unknown('the TOS a rule has written'),
};

const ownFamily =
  (protocol: string, write: Write): Write =>
  (view, value) =>
    (protocol === 'ip') === (view.packet.family === 4) ? write(view, value) : view;
