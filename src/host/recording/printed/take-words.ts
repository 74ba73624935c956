/** Text that iproute2 prints for people: lines, and the words of a line taken one after the other. */

export type Fact = Record<string, unknown>;

export const linesOf = (text: string): readonly string[] => text.split('\n').map((line) => line.replace(/\r$/, ''));

export const wordsOf = (line: string): readonly string[] => line.split(/\s+/).filter((word) => word !== '');

/** `10`, `on`, `off` are what they mean; all else stays text. */
export const toValue = (word: string): unknown => {
  if (/^\d+$/.test(word)) return Number(word);
  return word === 'on' ? true : word === 'off' ? false : word;
};

/** What a word that is a key does to the fact; gets the next word, and says how many it used beside its own. */
type Take = (fact: Fact, next: string, rest: readonly string[]) => number;

/** The next word is the value of `name`. */
export const as =
  (name: string, read: (word: string) => unknown = (word) => word): Take =>
  (fact, next) => {
    fact[name] = read(next);
    return 1;
  };

/** The word alone says it. */
export const mark =
  (name: string, value: unknown = true): Take =>
  (fact) => {
    fact[name] = value;
    return 0;
  };

/** The word is one of the list `name`. */
export const listed =
  (name: string, value: string): Take =>
  (fact) => {
    fact[name] = [...((fact[name] as readonly string[] | undefined) ?? []), value];
    return 0;
  };

/** Walks over the words; returns those that no key explains, which may be values of keys we do not know. */
export const takeWords = (
  words: readonly string[],
  fact: Fact,
  keys: Readonly<Record<string, Take>>,
): readonly string[] => {
  const unknown: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const take = Object.hasOwn(keys, word) ? keys[word] : undefined;
    if (take === undefined) unknown.push(word);
    else at += take(fact, words[at + 1] ?? '', words.slice(at + 2));
  }
  return unknown;
};
