import { describe, expect, test } from 'vitest';
import { splitInput } from '../../../src/ui/input/split-input.ts';

const keys = (input: string): readonly string[] =>
  splitInput(input).tokens.map((token) => (token.kind === 'key' ? token.sequence : token.kind));

describe('input', () => {
  test('that came in one packet is taken key by key', () => {
    expect(keys('jjj')).toEqual(['j', 'j', 'j']);
    expect(keys('/redis\r')).toEqual(['/', 'r', 'e', 'd', 'i', 's', '\r']);
    expect(keys('j\u001b[Bk\u001bOA')).toEqual(['j', '\u001b[B', 'k', '\u001bOA']);
  });

  test('keeps characters outside the basic plane whole', () => {
    expect(keys('🐳x')).toEqual(['🐳', 'x']);
  });

  test.each(['\u001b', '\u001b[', '\u001b[1', '\u001b[1;5', '\u001bO', '\u001b[<0;12'])(
    'holds the torn sequence %j',
    (torn) => {
      expect(splitInput(`a${torn}`)).toEqual({ tokens: [{ kind: 'key', sequence: 'a' }], pending: torn });
    },
  );

  test('joined with its rest, a torn arrow is an arrow', () => {
    const { pending } = splitInput('\u001b[');
    expect(keys(`${pending}B`)).toEqual(['\u001b[B']);
  });

  test('takes wheel and clicks out of the stream, and nothing of releases and drags', () => {
    expect(splitInput('\u001b[<64;3;4M\u001b[<65;3;4M').tokens).toEqual([
      { kind: 'wheel', lines: -3 },
      { kind: 'wheel', lines: 3 },
    ]);
    expect(splitInput('\u001b[<0;5;7M\u001b[<0;5;7m\u001b[<32;5;7M').tokens).toEqual([
      { kind: 'click', column: 4, row: 6 },
    ]);
  });

  test('gives a paste as one text, also when it contains keys and line breaks', () => {
    expect(splitInput('\u001b[200~q\nx\u001b[201~j').tokens).toEqual([
      { kind: 'paste', text: 'q\nx' },
      { kind: 'key', sequence: 'j' },
    ]);
    expect(splitInput('\u001b[200~half').pending).toBe('\u001b[200~half');
  });

  test('never loops or loses its way in noise', () => {
    const noise = Array.from({ length: 500 }, (_, at) => String.fromCharCode((at * 37) % 256)).join('');
    const { tokens, pending } = splitInput(noise);
    expect(tokens.length + pending.length).toBeGreaterThan(0);
  });

  test('Esc pressed twice is two keys', () => {
    const first = splitInput('\u001b\u001b');
    expect(first.tokens).toEqual([{ kind: 'key', sequence: '\u001b' }]);
    expect(first.pending).toBe('\u001b');
  });
});
