/** Fuzzy ranking for the palette, loaded when it is first opened. */
import type { Rank } from './state/ui-state.ts';

/** fuzzysort's default of 0.5 hides letters scattered over a long name; below 0.3 everything matches. */
const threshold = 0.3;

export const loadRank = async (): Promise<Rank> => {
  const { default: fuzzysort } = await import('fuzzysort');
  return (word, texts) => {
    const targets = texts.map((text, at) => ({ text, at }));
    return fuzzysort.go(word, targets, { key: 'text', limit: 60, threshold }).map((result) => result.obj.at);
  };
};
