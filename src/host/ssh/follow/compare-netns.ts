/** Two readings of the same netns → the events that lead from one to the other. */

import type { Netns } from '../../../model/netns.ts';
import type { HostEvent } from '../../host.ts';

/** Counts that go on by themselves are no news. */
const steady = (value: unknown): string =>
  JSON.stringify(value, (key, one: unknown) =>
    key === 'stats64' || key === 'used' || key === 'confirmed' || key === 'updated' || key.endsWith('_timer')
      ? undefined
      : one,
  );

const factsThatDiffer = (before: Netns, now: Netns): Partial<Netns> =>
  Object.fromEntries(
    Object.entries(now).filter(
      ([name, value]) => name !== 'conntrack' && steady(value) !== steady(before[name as keyof Netns]),
    ),
  );

/** `now` is the newer reading of namespaces that are known; each list in it replaces the old one whole. */
export const compareNetns = (before: Netns, now: Netns): readonly HostEvent[] => {
  const facts = factsThatDiffer(before, now);
  return Object.keys(facts).length === 0 ? [] : [{ kind: 'facts', netns: now.id, facts }];
};
