/** The flags byte of TCP in words. */

const names = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'] as const;

/** A first segment and its answer by their own names; else what is set beside ACK. */
export const flagsOf = (flags: number | undefined): readonly string[] => {
  if (flags === undefined) return [];
  if ((flags & 0x12) === 0x12) return ['SYN+ACK'];
  const set = names.filter((_, bit) => (flags & (1 << bit)) !== 0);
  const telling = set.filter((name) => name !== 'ACK' && name !== 'PSH');
  return telling.length > 0 ? telling : set.slice(-1);
};
