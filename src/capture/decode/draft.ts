/** What decoders fill while a packet is taken apart. */
import type { Layer } from './layers.ts';

export interface Draft {
  readonly bytes: Uint8Array;
  /** Bytes the frame had on its link. */
  readonly lengthOnLink: number;
  readonly layers: Layer[];
  cut?: string;
  /** Packets in packets so far. */
  depth: number;
}

/** Packets in packets deeper than this are shown as data. */
export const nestingLimit = 8;

/** True when `size` bytes from `at` are there before `end`; else notes what is missing. */
export const has = (draft: Draft, at: number, size: number, end: number, what: string): boolean => {
  if (at + size <= Math.min(end, draft.bytes.length)) return true;
  draft.cut ??=
    at + size > draft.bytes.length && draft.bytes.length < draft.lengthOnLink
      ? `${what} not captured whole`
      : `${what} too short`;
  return false;
};

export const addData = (draft: Draft, at: number, end: number, what: string): void => {
  const size = Math.max(0, Math.min(end, draft.bytes.length) - at);
  if (size > 0) draft.layers.push({ kind: 'data', what, offset: at, size });
};
