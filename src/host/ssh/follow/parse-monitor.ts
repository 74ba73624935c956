/** A line of `ip monitor label all-nsid` → which netns should be looked at again. */

export type Heard =
  /** The login's own netns, or one by the number it has there. */
  | { readonly kind: 'netns'; readonly nsid: 'current' | number }
  /** A netns came or went. */
  | { readonly kind: 'numbers' };

export const parseMonitorLine = (line: string): Heard | undefined => {
  const [, nsid, label] = /^\[nsid (current|-?\d+)\]\[([A-Z]+)\]/.exec(line) ?? [];
  if (label === 'NSID') return { kind: 'numbers' };
  if (nsid !== undefined) return { kind: 'netns', nsid: nsid === 'current' ? 'current' : Number(nsid) };
  // Older iproute2 says no banner for its own netns, and no label of numbers.
  return /^\[NSID\]/.test(line)
    ? { kind: 'numbers' }
    : /^\[[A-Z]+\]/.test(line)
      ? { kind: 'netns', nsid: 'current' }
      : undefined;
};
