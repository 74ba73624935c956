/** The program that runs at each drop (tracepoint skb:kfree_skb): writes down where, why, on which link, in which netns, and the packet's headers. */
import {
  add,
  addRegister,
  assemble,
  call,
  countUp,
  exit,
  helpers,
  jump,
  jumpIfZero,
  type Line,
  label,
  load16,
  load64,
  loadMap,
  move,
  type Register,
  set,
  store32,
  store64,
  storeZero,
} from './bpf-instructions.ts';
import type { Btf } from './btf.ts';

/** Where each field lies in a record, and how long a record is. */
export const record = {
  location: 0,
  time: 8,
  reason: 16,
  length: 20,
  ifindex: 24,
  netns: 28,
  iif: 32,
  protocol: 36,
  network: 38,
  transport: 40,
  ifname: 48,
  packet: 64,
  size: 192,
} as const;
/** Network header, transport header, and a little of what follows. */
export const packetBytes = record.size - record.packet;

/** Offsets in this kernel's structs. */
export interface Offsets {
  readonly dev: number;
  readonly sk: number;
  readonly len: number;
  readonly protocol: number;
  readonly iif: number;
  readonly head: number;
  readonly network: number;
  readonly transport: number;
  readonly ifindex: number;
  readonly ifname: number;
  readonly devNet: number;
  readonly sockNet: number;
  readonly inum: number;
}

const wanted: Readonly<Record<keyof Offsets, readonly [string, readonly string[]]>> = {
  dev: ['sk_buff', ['dev']],
  sk: ['sk_buff', ['sk']],
  len: ['sk_buff', ['len']],
  protocol: ['sk_buff', ['protocol']],
  iif: ['sk_buff', ['skb_iif']],
  head: ['sk_buff', ['head']],
  network: ['sk_buff', ['network_header']],
  transport: ['sk_buff', ['transport_header']],
  ifindex: ['net_device', ['ifindex']],
  ifname: ['net_device', ['name']],
  devNet: ['net_device', ['nd_net', 'net']],
  sockNet: ['sock', ['__sk_common', 'skc_net', 'net']],
  inum: ['net', ['ns', 'inum']],
};

export const findOffsets = (btf: Btf): Offsets | { readonly error: string } => {
  const found: Partial<Record<keyof Offsets, number>> = {};
  for (const [name, [struct, path]] of Object.entries(wanted)) {
    const offset = btf.offsetOf(struct, path);
    if (offset === undefined) return { error: `this kernel's ${struct} has no ${path.join('.')}` };
    found[name as keyof Offsets] = offset;
  }
  return found as Offsets;
};

/** Stack, counted down from r10: the record, and 8 bytes to read pointers into. */
const base = -record.size;
const scratch = base - 8;

const readInto = (at: number, size: number, from: Register, offset: number): readonly Line[] => [
  move(1, 10),
  add(1, at),
  set(2, size),
  move(3, from),
  add(3, offset),
  call(helpers.readKernel),
];

/** r8 = *(r + offset). */
const follow = (from: Register, offset: number): readonly Line[] => [
  storeZero(10, scratch),
  ...readInto(scratch, 8, from, offset),
  load64(8, 10, scratch),
];

/** `reason`: kernels from 5.17 on tell it as the tracepoint's third argument. */
export const dropProgram = (
  offsets: Offsets,
  maps: { readonly queue: number; readonly lost: number },
  reason: boolean,
): Uint8Array<ArrayBuffer> => {
  const zeros = Array.from({ length: record.size / 8 }, (_, n) => storeZero(10, base + 8 * n));
  return assemble([
    move(6, 1),
    load64(7, 6, 0),
    ...zeros,
    // Without a protocol it is no packet of a network: messages of Unix and netlink sockets.
    ...readInto(base + record.protocol, 2, 7, offsets.protocol),
    load16(1, 10, base + record.protocol),
    jumpIfZero(1, 'end'),
    load64(1, 6, 8),
    store64(10, base + record.location, 1),
    ...(reason ? [load64(1, 6, 16), store32(10, base + record.reason, 1)] : []),
    call(helpers.now),
    store64(10, base + record.time, 0),
    ...readInto(base + record.length, 4, 7, offsets.len),
    ...readInto(base + record.iif, 4, 7, offsets.iif),
    ...readInto(base + record.network, 2, 7, offsets.network),
    ...readInto(base + record.transport, 2, 7, offsets.transport),
    ...follow(7, offsets.dev),
    jumpIfZero(8, 'no link'),
    ...readInto(base + record.ifindex, 4, 8, offsets.ifindex),
    ...readInto(base + record.ifname, 16, 8, offsets.ifname),
    ...follow(8, offsets.devNet),
    jump('netns'),
    label('no link'),
    ...follow(7, offsets.sk),
    jumpIfZero(8, 'headers'),
    ...follow(8, offsets.sockNet),
    label('netns'),
    jumpIfZero(8, 'headers'),
    ...readInto(base + record.netns, 4, 8, offsets.inum),
    label('headers'),
    ...follow(7, offsets.head),
    load16(1, 10, base + record.network),
    addRegister(8, 1),
    ...readInto(base + record.packet, packetBytes, 8, 0),
    ...loadMap(1, maps.queue),
    move(2, 10),
    add(2, base),
    set(3, 0),
    call(helpers.push),
    jumpIfZero(0, 'end'),
    // No room: counted, so that it can be told.
    storeZero(10, scratch),
    ...loadMap(1, maps.lost),
    move(2, 10),
    add(2, scratch),
    call(helpers.lookup),
    jumpIfZero(0, 'end'),
    set(1, 1),
    countUp(0, 1),
    label('end'),
    set(0, 0),
    exit,
  ]);
};
