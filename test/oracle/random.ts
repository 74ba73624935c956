/** A seedable source of chance: the same seed builds the same case again. */

export interface Random {
  /** 0 ≤ value < 1. */
  next(): number;
  /** An integer of 0 … limit-1. */
  below(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Each member with the given probability. */
  some<T>(list: readonly T[], probability: number): readonly T[];
}

/** mulberry32: small, and good enough to choose test cases. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (list) => list[below(list.length)]!,
    some: (list, probability) => list.filter(() => next() < probability),
  };
};
