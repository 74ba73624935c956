/** Packet counters of legacy rules, which no rule trace shows: read before and after, compared. */

/** `TABLE CHAIN INDEX` → packets; index 0 is the policy. */
export const readCounters = (text: string): ReadonlyMap<string, number> => {
  const counters = new Map<string, number>();
  const rules = new Map<string, number>();
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const policy = /^:(\S+) \S+ \[(\d+):\d+\]/.exec(line);
    if (policy !== null) counters.set(`${table} ${policy[1]} 0`, Number(policy[2]));
    const rule = /^\[(\d+):\d+\] -A (\S+)/.exec(line);
    if (rule === null) continue;
    const chain = `${table} ${rule[2]}`;
    const index = (rules.get(chain) ?? 0) + 1;
    rules.set(chain, index);
    counters.set(`${chain} ${index}`, Number(rule[1]));
  }
  return counters;
};

export interface Grown {
  readonly table: string;
  readonly chain: string;
  readonly index: number;
  readonly packets: number;
}

export const findGrown = (before: string, after: string): readonly Grown[] => {
  const old = readCounters(before);
  return [...readCounters(after)].flatMap(([key, packets]) => {
    const more = packets - (old.get(key) ?? packets);
    const [table = '', chain = '', index = '0'] = key.split(' ');
    return more > 0 ? [{ table, chain, index: Number(index), packets: more }] : [];
  });
};
