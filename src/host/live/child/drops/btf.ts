/** The kernel's own description of its types (BTF): where the fields lie that a drop is told by, and how its enums are called. */

/** One member of a struct: its bit offset and type. */
interface Member {
  readonly name: string;
  readonly type: number;
  readonly bits: number;
}

export interface Btf {
  /** Byte offset of a path of members, looking through members without a name: `offsetOf('sk_buff', ['dev'])`. */
  offsetOf(struct: string, path: readonly string[]): number | undefined;
  /** Value → name of an enum; empty when there is none. */
  enumNames(name: string): ReadonlyMap<number, string>;
}

const MAGIC = 0xeb9f;
const KIND = { int: 1, array: 3, struct: 4, union: 5, enum: 6, proto: 13, var: 14, section: 15, tag: 17, enum64: 19 };

/** Bytes after the 12 every type has (include/uapi/linux/btf.h). */
const extraBytes = (kind: number, length: number): number => {
  switch (kind) {
    case KIND.int:
    case KIND.var:
    case KIND.tag:
      return 4;
    case KIND.array:
      return 12;
    case KIND.struct:
    case KIND.union:
    case KIND.section:
    case KIND.enum64:
      return 12 * length;
    case KIND.enum:
    case KIND.proto:
      return 8 * length;
    default:
      return 0;
  }
};

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** undefined when the bytes are no BTF. */
export const parseBtf = (bytes: Uint8Array): Btf | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (at: number): number => view.getUint32(at, littleEndian);
  if (bytes.length < 24 || view.getUint16(0, littleEndian) !== MAGIC) return undefined;
  const header = u32(4);
  const types = header + u32(8);
  const typesEnd = types + u32(12);
  const strings = header + u32(16);
  const latin = new TextDecoder('latin1');
  const text = (offset: number): string => {
    const start = strings + offset;
    return latin.decode(bytes.subarray(start, bytes.indexOf(0, start)));
  };
  const kindAt = (at: number): number => (u32(at + 4) >>> 24) & 0x1f;
  const countAt = (at: number): number => u32(at + 4) & 0xffff;

  // Type ids count from 1; id 0 is void.
  const places: number[] = [0];
  for (let at = types; at < typesEnd; ) {
    places.push(at);
    at += 12 + extraBytes(kindAt(at), countAt(at));
  }

  const findNamed = (name: string, kinds: readonly number[]): number | undefined =>
    places.find((at) => at !== 0 && kinds.includes(kindAt(at)) && u32(at) !== 0 && text(u32(at)) === name);

  const members = (at: number): readonly Member[] => {
    const packed = u32(at + 4) >>> 31 === 1;
    return Array.from({ length: countAt(at) }, (_, n) => {
      const member = at + 12 + 12 * n;
      const bits = u32(member + 8);
      return { name: text(u32(member)), type: u32(member + 4), bits: packed ? bits & 0xffffff : bits };
    });
  };

  /** The struct a type is, through typedefs and qualifiers. */
  const structOf = (type: number): number | undefined => {
    for (let id = type, depth = 0; depth < 16; depth++) {
      const at = places[id];
      if (at === undefined || at === 0) return undefined;
      const kind = kindAt(at);
      if (kind === KIND.struct || kind === KIND.union) return at;
      if (kind < 8 || kind > 18) return undefined;
      id = u32(at + 8);
    }
    return undefined;
  };

  const findMember = (at: number, name: string): Member | undefined => {
    for (const member of members(at)) {
      if (member.name === name) return member;
      const inner = member.name === '' ? structOf(member.type) : undefined;
      const found = inner === undefined ? undefined : findMember(inner, name);
      if (found !== undefined) return { ...found, bits: member.bits + found.bits };
    }
    return undefined;
  };

  return {
    offsetOf: (struct, path) => {
      let at = findNamed(struct, [KIND.struct]);
      let bits = 0;
      for (const name of path) {
        const member = at === undefined ? undefined : findMember(at, name);
        if (member === undefined) return undefined;
        bits += member.bits;
        at = structOf(member.type);
      }
      return bits / 8;
    },
    enumNames: (name) => {
      const at = findNamed(name, [KIND.enum, KIND.enum64]);
      const names = new Map<number, string>();
      if (at === undefined) return names;
      const size = kindAt(at) === KIND.enum ? 8 : 12;
      for (let n = 0; n < countAt(at); n++) {
        const entry = at + 12 + size * n;
        names.set(u32(entry + 4), text(u32(entry)));
      }
      return names;
    },
  };
};
