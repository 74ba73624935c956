/** The words of a capture filter to its tree; what is beyond the common part is refused by name, never guessed at. */
import type { Filter } from './filter.ts';
import { type Qualifiers, readPrimitive } from './read-primitive.ts';

export type FilterError = { readonly error: string };

const tokens = (text: string): readonly string[] =>
  text.match(/\(|\)|&&|\|\||!(?!=)|[^\s()!&|]+|[&|!]=?/g)?.flatMap((one) => (one === '' ? [] : [one])) ?? [];

export interface TokenReader {
  peek(ahead?: number): string | undefined;
  next(): string | undefined;
}

const readTokens = (text: string): TokenReader => {
  const all = tokens(text);
  let at = 0;
  return { peek: (ahead = 0) => all[at + ahead], next: () => all[at++] };
};

const operators: Readonly<Record<string, 'and' | 'or'>> = { and: 'and', '&&': 'and', or: 'or', '||': 'or' };

const isError = (value: Filter | FilterError): value is FilterError => 'error' in value;

/** Deeper than anybody writes, less deep than the stack. */
const deepest = 100;

interface Parsing {
  readonly reader: TokenReader;
  /** Words before the last value: a value without any takes them over, as in `port 80 or 443`. */
  last: Qualifiers | undefined;
}

const parseFactor = (parsing: Parsing, depth: number): Filter | FilterError => {
  const { reader } = parsing;
  const token = reader.peek();
  if (depth > deepest) return { error: 'the filter is nested too deeply' };
  if (token === undefined) return { error: 'the filter ends where something is missing' };
  if (token === 'not' || token === '!') {
    reader.next();
    const of = parseFactor(parsing, depth + 1);
    return isError(of) ? of : { kind: 'not', of };
  }
  if (token === '(') {
    reader.next();
    const inside = parseExpression(parsing, depth + 1);
    if (isError(inside)) return inside;
    return reader.next() === ')' ? inside : { error: 'a parenthesis is not closed' };
  }
  const primitive = readPrimitive(reader, parsing.last);
  if ('error' in primitive) return primitive;
  parsing.last = primitive.qualifiers ?? parsing.last;
  return primitive.filter;
};

/** `and` and `or` bind alike, from left to right: as pcap-filter(7) has it, and unlike C. */
const parseExpression = (parsing: Parsing, depth: number): Filter | FilterError => {
  let left = parseFactor(parsing, depth);
  for (;;) {
    const kind = operators[parsing.reader.peek() ?? ''];
    if (isError(left) || kind === undefined) return left;
    parsing.reader.next();
    const right = parseFactor(parsing, depth);
    left = isError(right) ? right : { kind, left, right };
  }
};

/** Undefined: everything. */
export const parseFilter = (text: string): Filter | FilterError | undefined => {
  if (text.trim() === '') return undefined;
  const parsing: Parsing = { reader: readTokens(text), last: undefined };
  const filter = parseExpression(parsing, 0);
  const rest = parsing.reader.peek();
  if (isError(filter) || rest === undefined) return filter;
  return { error: `${rest}: not expected there` };
};
