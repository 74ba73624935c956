/** Netlink attributes: a bounds-checked table of where each one lies, and typed reads that answer undefined instead of throwing. */

/** Netlink speaks the host's byte order, whatever that is. */
export const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The attributes of one message or one nest. When a type occurs twice the last one counts, as in iproute2's parse_rtattr. */
export interface Attributes {
  readonly view: DataView;
  /** Type → offset of its payload in `view`; its header lies 4 bytes before. */
  readonly at: readonly (number | undefined)[];
}

/** NLA_F_NESTED and NLA_F_NET_BYTEORDER are flags, not part of the type. */
const TYPE_MASK = 0x3fff;
/** No family has this many attributes (IFLA_* are about 70). */
const TYPE_LIMIT = 256;

/** Calls back with type, payload offset and payload length of every well-formed attribute in [start, end). */
export const eachAttribute = (
  view: DataView,
  start: number,
  end: number,
  visit: (type: number, offset: number, length: number) => void,
): void => {
  const limit = Math.min(end, view.byteLength);
  let offset = start;
  while (offset + 4 <= limit) {
    const length = view.getUint16(offset, littleEndian);
    if (length < 4 || offset + length > limit) return;
    visit(view.getUint16(offset + 2, littleEndian) & TYPE_MASK, offset + 4, length - 4);
    offset += (length + 3) & ~3;
  }
};

/** The hottest loop of all reading: written out instead of using eachAttribute. */
export const readAttributes = (view: DataView, start: number, end: number): Attributes => {
  const at: (number | undefined)[] = [];
  const limit = Math.min(end, view.byteLength);
  for (let offset = start; offset + 4 <= limit; ) {
    const length = view.getUint16(offset, littleEndian);
    if (length < 4 || offset + length > limit) break;
    const type = view.getUint16(offset + 2, littleEndian) & TYPE_MASK;
    // A damaged type must not make a table of sixteen thousand entries.
    if (type < TYPE_LIMIT) at[type] = offset + 4;
    offset += (length + 3) & ~3;
  }
  return { view, at };
};

const nothing: Attributes = { view: new DataView(new ArrayBuffer(0)), at: [] };

const lengthAt = (attributes: Attributes, offset: number): number =>
  attributes.view.getUint16(offset - 4, littleEndian) - 4;

/** Offset of the payload when it is there and at least `size` bytes long. */
const payload = (attributes: Attributes, type: number, size: number): number | undefined => {
  const offset = attributes.at[type];
  return offset === undefined || lengthAt(attributes, offset) < size ? undefined : offset;
};

export const hasAttribute = (attributes: Attributes, type: number): boolean => attributes.at[type] !== undefined;

/** The attributes inside a nest; none when it is absent. */
export const nestedAttributes = (attributes: Attributes, type: number): Attributes => {
  const offset = attributes.at[type];
  return offset === undefined
    ? nothing
    : readAttributes(attributes.view, offset, offset + lengthAt(attributes, offset));
};

/** Visits the children of a nest in order, also those of equal type. */
export const eachNested = (
  attributes: Attributes,
  type: number,
  visit: (type: number, offset: number, length: number) => void,
): void => {
  const offset = attributes.at[type];
  if (offset !== undefined) eachAttribute(attributes.view, offset, offset + lengthAt(attributes, offset), visit);
};

export const readU8 = (attributes: Attributes, type: number): number | undefined => {
  const offset = payload(attributes, type, 1);
  return offset === undefined ? undefined : attributes.view.getUint8(offset);
};

export const readU16 = (attributes: Attributes, type: number): number | undefined => {
  const offset = payload(attributes, type, 2);
  return offset === undefined ? undefined : attributes.view.getUint16(offset, littleEndian);
};

export const readU32 = (attributes: Attributes, type: number): number | undefined => {
  const offset = payload(attributes, type, 4);
  return offset === undefined ? undefined : attributes.view.getUint32(offset, littleEndian);
};

export const readI32 = (attributes: Attributes, type: number): number | undefined => {
  const offset = payload(attributes, type, 4);
  return offset === undefined ? undefined : attributes.view.getInt32(offset, littleEndian);
};

/** Beyond 2^53 the nearest number: only counters get that large. */
export const u64At = (view: DataView, offset: number): number =>
  littleEndian
    ? view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 0x1_0000_0000
    : view.getUint32(offset, false) * 0x1_0000_0000 + view.getUint32(offset + 4, false);

export const readU64 = (attributes: Attributes, type: number): number | undefined => {
  const offset = payload(attributes, type, 8);
  return offset === undefined ? undefined : u64At(attributes.view, offset);
};

/** Network byte order: ports, vlan protocols. */
export const readBe16 = (attributes: Attributes, type: number): number | undefined => {
  const offset = payload(attributes, type, 2);
  return offset === undefined ? undefined : attributes.view.getUint16(offset, false);
};

export const readBe32 = (attributes: Attributes, type: number): number | undefined => {
  const offset = payload(attributes, type, 4);
  return offset === undefined ? undefined : attributes.view.getUint32(offset, false);
};

const utf8 = new TextDecoder();

/** Text up to the first NUL. Link names may hold any byte but `/`, NUL and white space; bytes that are no UTF-8 become U+FFFD. */
export const textAt = (view: DataView, offset: number, length: number): string => {
  let text = '';
  for (let i = 0; i < length; i++) {
    const code = view.getUint8(offset + i);
    if (code === 0) return text;
    if (code > 126) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + offset, length);
      const end = bytes.indexOf(0);
      return utf8.decode(end < 0 ? bytes : bytes.subarray(0, end));
    }
    text += String.fromCharCode(code);
  }
  return text;
};

export const readText = (attributes: Attributes, type: number): string | undefined => {
  const offset = attributes.at[type];
  return offset === undefined ? undefined : textAt(attributes.view, offset, lengthAt(attributes, offset));
};

/** The raw bytes, not copied. */
export const readBytes = (attributes: Attributes, type: number): Uint8Array | undefined => {
  const offset = attributes.at[type];
  if (offset === undefined) return undefined;
  return new Uint8Array(attributes.view.buffer, attributes.view.byteOffset + offset, lengthAt(attributes, offset));
};
