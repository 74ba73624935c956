/** Cuts a display filter into words, quoted texts and signs. */
import type { FilterError } from './filter-subject.ts';

export interface Token {
  readonly kind: 'word' | 'text' | '(' | ')' | 'and' | 'or' | 'not';
  readonly text: string;
  readonly at: number;
}

const signs: Readonly<Record<string, Token['kind']>> = {
  '(': '(',
  ')': ')',
  '!': 'not',
  '&&': 'and',
  '||': 'or',
};

const words: ReadonlyMap<string, Token['kind']> = new Map([
  ['and', 'and'],
  ['or', 'or'],
  ['not', 'not'],
]);

const pattern = /\s+|"([^"]*)"|(&&|\|\||[()!])|([^\s"()!&|]+(?:[&|!=][^\s"()&|]*)*)|./gsu;

export const tokenize = (text: string): readonly Token[] | FilterError => {
  const tokens: Token[] = [];
  for (const found of text.matchAll(pattern)) {
    const [whole, quoted, sign, word] = found;
    const at = found.index;
    if (/^\s+$/.test(whole)) continue;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted, at });
    else if (sign !== undefined) tokens.push({ kind: signs[sign] ?? 'and', text: sign, at });
    else if (word !== undefined) tokens.push({ kind: words.get(word.toLowerCase()) ?? 'word', text: word, at });
    else return { error: whole === '"' ? 'a text begins with " and does not end' : `${whole} means nothing here`, at };
  }
  return tokens;
};
