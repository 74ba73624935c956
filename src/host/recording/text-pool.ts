/** Files that say the same become one string: a thousand containers have the same few settings, rules and empty lists. */
import type { Buffer } from 'node:buffer';

/** So many texts of one file's name are kept to compare with; what is different in every netns is not looked for long. */
const perName = 6;

interface Pooled {
  readonly bytes: Buffer;
  readonly text: string;
}

export interface TextPool {
  /** What a file of this name has been read as before. */
  find(name: string, bytes: Buffer): string | undefined;
  /** `bytes` must stay as they are. */
  add(name: string, bytes: Buffer): string;
}

/** Editors of other systems put a byte order mark before a text, which is no part of it. */
function decode(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

export function createTextPool(): TextPool {
  const pools = new Map<string, Pooled[]>();
  return {
    find: (name, bytes) => {
      const pool = pools.get(name) ?? [];
      for (const [at, pooled] of pool.entries()) {
        if (pooled.bytes.length !== bytes.length || pooled.bytes.compare(bytes) !== 0) continue;
        // The last one found is the likeliest next time, and the first that must not go.
        if (at > 0) pool.unshift(...pool.splice(at, 1));
        return pooled.text;
      }
      return undefined;
    },
    add: (name, bytes) => {
      const text = decode(bytes);
      const pool = pools.get(name);
      if (pool === undefined) pools.set(name, [{ bytes, text }]);
      else {
        if (pool.length === perName) pool.pop();
        pool.unshift({ bytes, text });
      }
      return text;
    },
  };
}
