/** One growing buffer the kernel's answers are received into, end to end, so that many of them cross to the main thread as one transfer. */

export interface Arena {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  /** End of what has been received. */
  length: number;
}

/** What one recv may bring: the kernel builds dump buffers of at most 32 KiB, unless one message alone is larger. */
export const RECEIVE_ROOM = 128 * 1024;

export const newArena = (size: number): Arena => {
  const bytes = new Uint8Array(new ArrayBuffer(size));
  return { bytes, view: new DataView(bytes.buffer), length: 0 };
};

/** Room for one more recv. */
export const ensureRoom = (arena: Arena): void => {
  if (arena.bytes.length - arena.length >= RECEIVE_ROOM) return;
  const bigger = newArena(arena.bytes.length * 2);
  bigger.bytes.set(arena.bytes.subarray(0, arena.length));
  arena.bytes = bigger.bytes;
  arena.view = bigger.view;
};

/** A copy of what was received, to be given away; the arena starts over. */
export const takeArena = (arena: Arena): ArrayBuffer => {
  const taken = arena.bytes.buffer.slice(0, arena.length);
  arena.length = 0;
  return taken;
};
