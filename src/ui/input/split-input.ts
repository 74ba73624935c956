/** Terminal input cut into single keys, mouse events and pastes, however the bytes were packed or torn on their way. */

export type Token =
  | { readonly kind: 'key'; readonly sequence: string }
  | { readonly kind: 'wheel'; readonly lines: number }
  | { readonly kind: 'click'; readonly column: number; readonly row: number }
  | { readonly kind: 'paste'; readonly text: string };

export interface Split {
  readonly tokens: readonly Token[];
  /** The beginning of a sequence whose rest has not come yet. */
  readonly pending: string;
}

const esc = '\u001b';
const pasteStart = '\u001b[200~';
const pasteEnd = '\u001b[201~';
/** CSI with parameters and a final byte; the console's `ESC [ [ A` too. */
const csi = /^\u001b\[(?:\[[A-E]|[\x30-\x3f]*[\x20-\x2f]*[\x40-\x5a\x5c-\x7e])/;
const csiBeginning = /^\u001b\[(?:\[|[\x30-\x3f]*[\x20-\x2f]*)$/;
const sgrMouse = /^\u001b\[<(\d+);(\d+);(\d+)([Mm])$/;
/** A paste longer than this never ends: what came is taken as it is. */
const pasteLimit = 1 << 20;

const wheelLines = 3;

const mouseToken = (match: RegExpExecArray): readonly Token[] => {
  const button = Number(match[1]);
  if (button === 64) return [{ kind: 'wheel', lines: -wheelLines }];
  if (button === 65) return [{ kind: 'wheel', lines: wheelLines }];
  if (button === 0 && match[4] === 'M')
    return [{ kind: 'click', column: Number(match[2]) - 1, row: Number(match[3]) - 1 }];
  return [];
};

interface Taken {
  readonly tokens: readonly Token[];
  /** Characters used; 0: more must come first. */
  readonly length: number;
}

const takeEscape = (input: string): Taken => {
  if (input.startsWith(pasteStart)) {
    const end = input.indexOf(pasteEnd);
    if (end < 0 && input.length < pasteLimit) return { tokens: [], length: 0 };
    const text = input.slice(pasteStart.length, end < 0 ? undefined : end);
    return { tokens: [{ kind: 'paste', text }], length: end < 0 ? input.length : end + pasteEnd.length };
  }
  const sequence = csi.exec(input)?.[0];
  if (sequence !== undefined) {
    const mouse = sgrMouse.exec(sequence);
    return { tokens: mouse === null ? [{ kind: 'key', sequence }] : mouseToken(mouse), length: sequence.length };
  }
  if (input === esc || input === `${esc}O` || csiBeginning.test(input)) return { tokens: [], length: 0 };
  if (input.startsWith(`${esc}[`)) return { tokens: [], length: 2 };
  if (input.startsWith(`${esc}O`)) return { tokens: [{ kind: 'key', sequence: input.slice(0, 3) }], length: 3 };
  if (input[1] === esc) return { tokens: [{ kind: 'key', sequence: esc }], length: 1 };
  const next = String.fromCodePoint(input.codePointAt(1)!);
  return { tokens: [{ kind: 'key', sequence: esc + next }], length: 1 + next.length };
};

export const splitInput = (input: string): Split => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < input.length) {
    if (input[at] !== esc) {
      const char = String.fromCodePoint(input.codePointAt(at)!);
      tokens.push({ kind: 'key', sequence: char });
      at += char.length;
      continue;
    }
    const taken = takeEscape(input.slice(at));
    if (taken.length === 0) return { tokens, pending: input.slice(at) };
    tokens.push(...taken.tokens);
    at += taken.length;
  }
  return { tokens, pending: '' };
};
