/** Reads a display filter: `tcp and port 80 and not host web`, `lost`, `"GET /"`; words side by side are joined by and. */
import type { FilterError, PacketTest } from './filter-subject.ts';
import { alone, type Built, directions, type End, withArgument } from './primitives.ts';
import { type Token, tokenize } from './tokenize.ts';

/** Deeper than anybody thinks; a text of brackets alone must not cost the stack. */
const nesting = 50;

interface Reader {
  readonly tokens: readonly Token[];
  next: number;
  readonly end: number;
  depth: number;
  /** The first thing not understood; nothing is read after it. */
  failure: FilterError | undefined;
}

const never: PacketTest = () => false;

const fail = (reader: Reader, error: string, at: number): PacketTest => {
  reader.failure ??= { error, at };
  reader.next = reader.tokens.length;
  return never;
};

/** Wireshark's way of writing is what many fingers know. */
const explainComparison = (text: string): string | undefined => {
  const found = /^([\w.]+)(?:==|!=|>=|<=|=|>|<)(.*)$/.exec(text);
  const dotted = /^(?:ip|ipv6|tcp|udp|eth|icmp|dns|http|frame)\.[a-z]/.exec(text);
  if (found === null && dotted === null) return undefined;
  const [, field = '', value = ''] = found ?? [];
  const example = /port/.test(text)
    ? `port ${/^\d+$/.test(value) ? value : '80'}`
    : /addr|src|dst/.test(field)
      ? `host ${value || '172.17.0.2'}`
      : 'tcp port 80';
  return `${text}: comparisons are not known here; write words, like: ${example}`;
};

const substring = (text: string): PacketTest => {
  const wanted = text.toLowerCase();
  return (subject) => subject.text().toLowerCase().includes(wanted);
};

const takeArgument = (reader: Reader, word: string): Token | undefined => {
  const token = reader.tokens[reader.next];
  if (token === undefined || (token.kind !== 'word' && token.kind !== 'text')) {
    fail(reader, `${word} needs something after it`, token?.at ?? reader.end);
    return undefined;
  }
  reader.next++;
  return token;
};

const build = (reader: Reader, word: string, argument: Token | undefined, end: End): PacketTest => {
  if (argument === undefined) return never;
  const made: Built | undefined = withArgument[word]?.(argument.text, end);
  if (typeof made === 'function') return made;
  return fail(reader, `${word} ${argument.text}: ${made?.expected ?? 'something else'} is expected`, argument.at);
};

/** `src port 80`, `src 10.0.0.1`, `src web`, `src 10.0.0.0/8`. */
const readDirected = (reader: Reader, word: string, end: End): PacketTest => {
  const token = takeArgument(reader, word);
  if (token === undefined) return never;
  const kind = token.text.toLowerCase();
  if (token.kind === 'word' && (kind === 'host' || kind === 'net' || kind === 'port'))
    return build(reader, kind, takeArgument(reader, `${word} ${kind}`), end);
  return build(reader, token.text.includes('/') ? 'net' : 'host', token, end);
};

const readWord = (reader: Reader, token: Token): PacketTest => {
  const word = token.text.toLowerCase();
  const end = Object.hasOwn(directions, word) ? directions[word] : undefined;
  if (end !== undefined) return readDirected(reader, word, end);
  if (Object.hasOwn(withArgument, word)) return build(reader, word, takeArgument(reader, word), 'any');
  const known = Object.hasOwn(alone, word) ? alone[word] : undefined;
  if (known !== undefined) return known;
  const comparison = explainComparison(token.text);
  return comparison === undefined ? substring(token.text) : fail(reader, comparison, token.at);
};

const readTerm = (reader: Reader): PacketTest => {
  const token = reader.tokens[reader.next];
  if (token === undefined) return fail(reader, 'something is missing at the end', reader.end);
  reader.next++;
  if (++reader.depth > nesting) return fail(reader, 'nested too deep', token.at);
  const test = readTermAt(reader, token);
  reader.depth--;
  return test;
};

const readTermAt = (reader: Reader, token: Token): PacketTest => {
  switch (token.kind) {
    case 'not': {
      const inner = readTerm(reader);
      return (subject) => !inner(subject);
    }
    case '(': {
      const inner = readAny(reader);
      const closing = reader.tokens[reader.next];
      if (closing?.kind !== ')') return fail(reader, 'a ( has no )', token.at);
      reader.next++;
      return inner;
    }
    case 'text':
      return substring(token.text);
    case 'word':
      return readWord(reader, token);
    case ')':
      return fail(reader, 'a ) has no (', token.at);
    case 'and':
    case 'or':
      return fail(reader, `${token.text} has nothing before it`, token.at);
  }
};

const readAll = (reader: Reader): PacketTest => {
  const tests = [readTerm(reader)];
  for (;;) {
    const token = reader.tokens[reader.next];
    if (token === undefined || token.kind === 'or' || token.kind === ')') break;
    if (token.kind === 'and') reader.next++;
    tests.push(readTerm(reader));
  }
  return tests.length === 1 ? tests[0]! : (subject) => tests.every((test) => test(subject));
};

const readAny = (reader: Reader): PacketTest => {
  const tests = [readAll(reader)];
  while (reader.tokens[reader.next]?.kind === 'or') {
    reader.next++;
    tests.push(readAll(reader));
  }
  return tests.length === 1 ? tests[0]! : (subject) => tests.some((test) => test(subject));
};

/** An empty text lets everything through. The error names the place, so that a prompt can point at it. */
export const parseFilter = (text: string): PacketTest | FilterError => {
  const tokens = tokenize(text);
  if ('error' in tokens) return tokens;
  if (tokens.length === 0) return () => true;
  const reader: Reader = { tokens, next: 0, end: text.length, depth: 0, failure: undefined };
  const test = readAny(reader);
  const rest = tokens[reader.next];
  return reader.failure ?? (rest === undefined ? test : { error: 'a ) has no (', at: rest.at });
};
