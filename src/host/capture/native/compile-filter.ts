/** A filter's tree to a classic BPF program that means what libpcap's would. */
import { type Assembler, createAssembler, type Instruction, type Label, ops } from './assembler.ts';
import { etherTypes, type Filter, type FilterSide, type Transport } from './filter.ts';

export type FrameKind = 'ethernet' | 'ip';

interface Compiling {
  readonly asm: Assembler;
  readonly frame: FrameKind;
  /** Where the network header begins. */
  readonly net: number;
}

type Test = (yes: Label, no: Label) => void;

/** `tests` one after the other: all, or any. */
const chain = ({ asm }: Compiling, kind: 'all' | 'any', tests: readonly Test[]): Test => {
  return (yes, no) => {
    for (const [n, test] of tests.entries()) {
      if (n === tests.length - 1) test(yes, no);
      else {
        const next: Label = {};
        if (kind === 'all') test(next, no);
        else test(yes, next);
        asm.place(next);
      }
    }
    if (tests.length === 0) asm.branch(ops.jumpEqual, 0, kind === 'all' ? yes : no, kind === 'all' ? yes : no);
  };
};

const equals =
  ({ asm }: Compiling, load: number, at: number, value: number, mask?: number): Test =>
  (yes, no) => {
    asm.emit(load, at);
    if (mask !== undefined) asm.emit(ops.and, mask);
    asm.branch(ops.jumpEqual, value, yes, no);
  };

const nothing =
  ({ asm }: Compiling): Test =>
  (_yes, no) =>
    asm.branch(ops.jumpEqual, 0, no, no);

const isEtherType = (c: Compiling, type: number): Test => {
  if (c.frame === 'ethernet') return equals(c, ops.loadHalf, 12, type);
  const version = type === etherTypes.ip ? 0x40 : type === etherTypes.ip6 ? 0x60 : undefined;
  return version === undefined ? nothing(c) : equals(c, ops.loadByte, 0, version, 0xf0);
};

const fragmentHeader = 44;

/** An IPv6 packet's first header, or the first after a fragment header: no further, as libpcap. */
const isProtocol = (c: Compiling, protocol: number, families: readonly (4 | 6)[]): Test =>
  chain(
    c,
    'any',
    families.map((family) =>
      family === 4
        ? chain(c, 'all', [isEtherType(c, etherTypes.ip), equals(c, ops.loadByte, c.net + 9, protocol)])
        : chain(c, 'all', [
            isEtherType(c, etherTypes.ip6),
            chain(c, 'any', [
              equals(c, ops.loadByte, c.net + 6, protocol),
              chain(c, 'all', [
                equals(c, ops.loadByte, c.net + 6, fragmentHeader),
                equals(c, ops.loadByte, c.net + 40, protocol),
              ]),
            ]),
          ]),
    ),
  );

const bySide = (c: Compiling, side: FilterSide, test: (side: 'src' | 'dst') => Test): Test => {
  if (side === 'src' || side === 'dst') return test(side);
  return chain(c, side === 'both' ? 'all' : 'any', [test('src'), test('dst')]);
};

/** 32 bits at a time; bits beyond the prefix are not looked at. */
const addressAt = (c: Compiling, at: number, bits: number, address: bigint, length: number): Test => {
  const tests: Test[] = [];
  for (let word = 0; word * 32 < bits; word++) {
    const known = Math.min(32, Math.max(0, length - word * 32));
    if (known === 0) break;
    const value = Number((address >> BigInt(bits - 32 - word * 32)) & 0xffff_ffffn);
    const mask = known === 32 ? undefined : (0xffff_ffff << (32 - known)) >>> 0;
    tests.push(equals(c, ops.loadWord, at + word * 4, mask === undefined ? value : (value & mask) >>> 0, mask));
  }
  return chain(c, 'all', tests);
};

/** Offsets of source and destination from the network header. */
const addressOffsets = { 4: { src: 12, dst: 16 }, 6: { src: 8, dst: 24 }, arp: { src: 14, dst: 24 } } as const;

const compileNet = (c: Compiling, { side, family, address, length, only }: Filter & { kind: 'net' }): Test => {
  const within = (type: number, offsets: { readonly src: number; readonly dst: number }): Test =>
    chain(c, 'all', [
      isEtherType(c, type),
      bySide(c, side, (one) => addressAt(c, c.net + offsets[one], family === 4 ? 32 : 128, address, length)),
    ]);
  if (family === 6) return within(etherTypes.ip6, addressOffsets[6]);
  const all = { ip: addressOffsets[4], arp: addressOffsets.arp, rarp: addressOffsets.arp } as const;
  const wanted = only === undefined ? (['ip', 'arp', 'rarp'] as const) : [only];
  return chain(
    c,
    'any',
    wanted.map((name) => within(etherTypes[name], all[name])),
  );
};

const transportNumbers: Readonly<Record<Transport, number>> = { tcp: 6, udp: 17, sctp: 132 };

const inRange =
  ({ asm }: Compiling, from: number, to: number): Test =>
  (yes, no) => {
    if (from === to) {
      asm.branch(ops.jumpEqual, from, yes, no);
      return;
    }
    const below: Label = {};
    asm.branch(ops.jumpAtLeast, from, below, no);
    asm.place(below);
    asm.branch(ops.jumpGreater, to, no, yes);
  };

const isOneOf = (c: Compiling, at: number, values: readonly number[]): Test =>
  chain(
    c,
    'any',
    values.map((value) => equals(c, ops.loadByte, at, value)),
  );

/** Only a first fragment has ports. */
const isFirstFragment =
  ({ asm, net }: Compiling): Test =>
  (yes, no) => {
    asm.emit(ops.loadHalf, net + 6);
    asm.branch(ops.jumpAnyBit, 0x1fff, no, yes);
  };

const compilePorts = (c: Compiling, { side, from, to, transports, families }: Filter & { kind: 'ports' }): Test => {
  const numbers = transports.map((name) => transportNumbers[name]);
  const range = inRange(c, from, to);
  const four = chain(c, 'all', [
    isEtherType(c, etherTypes.ip),
    isOneOf(c, c.net + 9, numbers),
    isFirstFragment(c),
    bySide(c, side, (one) => (yes, no) => {
      c.asm.emit(ops.loadHeaderLength, c.net);
      c.asm.emit(ops.loadHalfIndexed, c.net + (one === 'src' ? 0 : 2));
      range(yes, no);
    }),
  ]);
  const six = chain(c, 'all', [
    isEtherType(c, etherTypes.ip6),
    isOneOf(c, c.net + 6, numbers),
    bySide(c, side, (one) => (yes, no) => {
      c.asm.emit(ops.loadHalf, c.net + 40 + (one === 'src' ? 0 : 2));
      range(yes, no);
    }),
  ]);
  return chain(
    c,
    'any',
    families.map((family) => (family === 4 ? four : six)),
  );
};

const macAt = (c: Compiling, at: number, mac: readonly number[]): Test => {
  const [a = 0, b = 0, d = 0, e = 0, f = 0, g = 0] = mac;
  return chain(c, 'all', [
    equals(c, ops.loadWord, at + 2, ((d << 24) | (e << 16) | (f << 8) | g) >>> 0),
    equals(c, ops.loadHalf, at, (a << 8) | b),
  ]);
};

const compileLength =
  ({ asm }: Compiling, { atMost, atLeast }: Filter & { kind: 'length' }): Test =>
  (yes, no) => {
    asm.emit(ops.loadLength, 0);
    if (atMost !== undefined) asm.branch(ops.jumpGreater, atMost, no, yes);
    else asm.branch(ops.jumpAtLeast, atLeast ?? 0, yes, no);
  };

const compile = (c: Compiling, filter: Filter): Test => {
  switch (filter.kind) {
    case 'and':
      return chain(c, 'all', [compile(c, filter.left), compile(c, filter.right)]);
    case 'or':
      return chain(c, 'any', [compile(c, filter.left), compile(c, filter.right)]);
    case 'not': {
      const test = compile(c, filter.of);
      return (yes, no) => test(no, yes);
    }
    case 'ether-type':
      return isEtherType(c, filter.type);
    case 'protocol':
      return isProtocol(c, filter.protocol, filter.families);
    case 'net':
      return compileNet(c, filter);
    case 'mac':
      return c.frame === 'ethernet'
        ? bySide(c, filter.side, (one) => macAt(c, one === 'src' ? 6 : 0, filter.mac))
        : nothing(c);
    case 'ports':
      return compilePorts(c, filter);
    case 'length':
      return compileLength(c, filter);
  }
};

/** Keeps `snapLength` bytes of what matches; everything when there is no filter. Undefined: too long for the kernel's jumps. */
export const compileFilter = (
  filter: Filter | undefined,
  frame: FrameKind,
  snapLength: number,
): readonly Instruction[] | undefined => {
  const asm = createAssembler();
  const yes: Label = {};
  const no: Label = {};
  if (filter !== undefined) compile({ asm, frame, net: frame === 'ethernet' ? 14 : 0 }, filter)(yes, no);
  asm.place(yes);
  asm.emit(ops.return, snapLength);
  asm.place(no);
  asm.emit(ops.return, 0);
  return asm.program();
};
