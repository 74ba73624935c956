/** The terminal's input for Ink: one key per chunk, torn sequences put together, mouse and pastes taken out. */
import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { splitInput, type Token } from './split-input.ts';

/** A lone Esc is a key after this long; an arrow torn by a slow line comes together before. */
const escapeMs = 50;
/** The rest of a sequence that has begun for certain (`ESC [`) may take longer; then it is noise. */
const sequenceMs = 500;
/** Esc as the kitty protocol writes it: Ink then need not wait for what might follow. */
const escapeKey = '\u001b[27u';

export interface RawInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
  ref?(): unknown;
  unref?(): unknown;
}

export interface TtyIn {
  /** What Ink reads. */
  readonly stream: NodeJS.ReadStream;
  stop(): void;
}

export const openTtyIn = (input: RawInput, onToken: (token: Exclude<Token, { kind: 'key' }>) => void): TtyIn => {
  const decoder = new StringDecoder('utf8');
  const output = new Readable({ objectMode: true, read: () => undefined });
  let pending = '';
  let timer: NodeJS.Timeout | undefined;
  const emit = (tokens: readonly Token[]): void => {
    for (const token of tokens) {
      if (token.kind === 'key') output.push(token.sequence === '\u001b' ? escapeKey : token.sequence);
      else onToken(token);
    }
  };
  /** A busy moment delays timers and input alike: what has already come is read before the rest is given up. */
  const giveUpAfterReading = (): void => {
    const waiting = pending;
    setImmediate(() => {
      if (pending === waiting) giveUp();
    });
  };
  const giveUp = (): void => {
    timer = undefined;
    // A beginning without end is dropped: as keys it would do things nobody asked for.
    if (pending === '\u001b') output.push(escapeKey);
    pending = '';
  };
  const onData = (chunk: Buffer | string): void => {
    clearTimeout(timer);
    const split = splitInput(pending + (typeof chunk === 'string' ? chunk : decoder.write(chunk)));
    pending = split.pending;
    emit(split.tokens);
    if (pending !== '') timer = setTimeout(giveUpAfterReading, pending === '\u001b' ? escapeMs : sequenceMs);
  };
  input.on('data', onData);
  const stream = Object.assign(output, {
    isTTY: input.isTTY === true,
    setEncoding: () => stream,
    setRawMode: (on: boolean) => {
      input.setRawMode?.(on);
      return stream;
    },
    ref: () => {
      input.ref?.();
      return stream;
    },
    unref: () => {
      input.unref?.();
      return stream;
    },
  }) as unknown as NodeJS.ReadStream;
  return {
    stream,
    stop: () => {
      clearTimeout(timer);
      input.off('data', onData);
      input.pause();
    },
  };
};
