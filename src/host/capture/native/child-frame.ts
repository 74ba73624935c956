/** What the reading child writes to its parent: packets as they are, and words in JSON, each in a frame of its own. */
import type { CapturedPacket, TapCounts } from '../capture-order.ts';
import type { Instruction } from './assembler.ts';

export interface ChildTap {
  readonly ifindex: number;
  readonly inode: number;
  /** Files that lead into its netns, best first. */
  readonly doors: readonly string[];
}

/** One line of JSON on the child's standard input; after it, `stop` or `end N` lines. */
export interface ChildOrder {
  readonly taps: readonly ChildTap[];
  /** By the kind of link, which only the child sees. */
  readonly programs: Readonly<Record<'ethernet' | 'ip', readonly Instruction[]>>;
  readonly promiscuous: boolean;
  /** Of each tap. */
  readonly bufferBytes: number;
}

export type ChildWord =
  | { readonly say: 'ready'; readonly linkType: number }
  | { readonly say: 'counts'; readonly counts: TapCounts }
  | {
      readonly say: 'ended';
      readonly counts?: TapCounts;
      readonly why?: 'EPERM' | 'vanished' | 'netns' | 'link-type' | 'failed';
      readonly detail?: string;
    };

/** u16 tap, u8 kind, u8 direction, u32 kept, u32 length, u32 seconds, u32 nanoseconds; then the bytes. Of words only tap, kind and kept count. */
export const frameHeaderBytes = 20;
export const frameKinds = { packet: 0, word: 1 } as const;
const directions = [undefined, 'in', 'out'] as const;

export const writeFrameHeader = (
  view: DataView,
  at: number,
  head: {
    readonly tap: number;
    readonly kind: number;
    readonly direction: 0 | 1 | 2;
    readonly kept: number;
    readonly length: number;
    readonly seconds: number;
    readonly nanoseconds: number;
  },
): void => {
  view.setUint16(at, head.tap, true);
  view.setUint8(at + 2, head.kind);
  view.setUint8(at + 3, head.direction);
  view.setUint32(at + 4, head.kept, true);
  view.setUint32(at + 8, head.length, true);
  view.setUint32(at + 12, head.seconds, true);
  view.setUint32(at + 16, head.nanoseconds, true);
};

export const encodeWord = (tap: number, word: ChildWord): Uint8Array => {
  const text = Buffer.from(JSON.stringify(word));
  const bytes = new Uint8Array(frameHeaderBytes + text.length);
  const head = {
    tap,
    kind: frameKinds.word,
    direction: 0,
    kept: text.length,
    length: 0,
    seconds: 0,
    nanoseconds: 0,
  } as const;
  writeFrameHeader(new DataView(bytes.buffer), 0, head);
  bytes.set(text, frameHeaderBytes);
  return bytes;
};

export type ChildFrame =
  | { readonly kind: 'packet'; readonly packet: CapturedPacket }
  | { readonly kind: 'word'; readonly tap: number; readonly word: ChildWord };

const readFrame = (view: DataView, bytes: Uint8Array, at: number, kept: number): ChildFrame => {
  const tap = view.getUint16(at, true);
  const body = bytes.subarray(at + frameHeaderBytes, at + frameHeaderBytes + kept);
  if (view.getUint8(at + 2) === frameKinds.word)
    return { kind: 'word', tap, word: JSON.parse(new TextDecoder().decode(body)) as ChildWord };
  const direction = directions[view.getUint8(at + 3)];
  return {
    kind: 'packet',
    packet: {
      tap,
      at: BigInt(view.getUint32(at + 12, true)) * 1_000_000_000n + BigInt(view.getUint32(at + 16, true)),
      length: view.getUint32(at + 8, true),
      bytes: body,
      ...(direction === undefined ? {} : { direction }),
    },
  };
};

/** Frames as they become whole. */
export const createFrameReader = (): ((chunk: Uint8Array) => readonly ChildFrame[]) => {
  let held: Uint8Array = new Uint8Array(0);
  return (chunk) => {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const frames: ChildFrame[] = [];
    let at = 0;
    while (at + frameHeaderBytes <= bytes.length) {
      const kept = view.getUint32(at + 4, true);
      if (at + frameHeaderBytes + kept > bytes.length) break;
      frames.push(readFrame(view, bytes, at, kept));
      at += frameHeaderBytes + kept;
    }
    held = bytes.slice(at);
    return frames;
  };
};
