/** Addresses in the kernel → names of its functions (/proc/kallsyms). */
import { readFileSync } from 'node:fs';

export interface Symbols {
  /** `ip_rcv_core`, without the compiler's endings; the address itself where names are hidden. */
  nameOf(address: bigint): string;
}

/** The upper bits are all ones on every architecture with 64 bits; the rest fits a number exactly. */
const bits = 52n;
const low = (address: bigint): number => Number(address & ((1n << bits) - 1n));
/** Hex digits of the part kept. */
const digits = 13;

/** `text`: lines `ffffffff81000000 T name [module]`, in any order. Zeros where /proc/sys/kernel/kptr_restrict hides them. */
export const parseSymbols = (text: string): Symbols => {
  const found: (readonly [address: number, start: number])[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const space = text.indexOf(' ', at);
    const type = text[space + 1];
    if (type === 't' || type === 'T' || type === 'w' || type === 'W') {
      const address = Number.parseInt(text.slice(Math.max(at, space - digits), space), 16);
      if (address > 0) found.push([address, space + 3]);
    }
    at = end < 0 ? text.length : end + 1;
  }
  found.sort((a, b) => a[0] - b[0]);
  const nameAt = (start: number): string => /^[^\s.]+/.exec(text.slice(start, start + 200))?.[0] ?? '';
  return {
    nameOf: (address) => {
      const wanted = low(address);
      let from = 0;
      let to = found.length;
      while (from < to) {
        const middle = (from + to) >>> 1;
        // A call's return address may lie right behind the function's last instruction.
        if (found[middle]![0] < wanted) from = middle + 1;
        else to = middle;
      }
      const symbol = found[from - 1];
      return symbol === undefined ? `0x${address.toString(16)}` : nameAt(symbol[1]);
    },
  };
};

/** Read when it is first wanted: some megabytes. */
export const kernelSymbols = (): Symbols => {
  let known: Symbols | undefined;
  return {
    nameOf: (address) => {
      if (known === undefined) {
        try {
          known = parseSymbols(readFileSync('/proc/kallsyms', 'latin1'));
        } catch {
          known = parseSymbols('');
        }
      }
      return known.nameOf(address);
    },
  };
};
