/** What legacy rules count while a watch runs: all that can be had of them, because no trace shows them. */
import type { WatchTask } from '../child-order.ts';
import type { GrownCounter } from '../live-order.ts';
import { findGrown } from './legacy-counters.ts';
import type { Place } from './place-door.ts';
import { readLegacy } from './read-legacy.ts';

const everyMs = 2000;

/** Call it at each tick; it looks when it is time, and at the end. */
export const followLegacy = (
  { flow, family, legacySave }: WatchTask,
  places: readonly Place[],
): ((now: boolean) => Promise<readonly GrownCounter[]>) => {
  const watched = flow === undefined ? [] : places.filter(({ legacy }) => legacy);
  const read = () => readLegacy(legacySave, watched, []);
  const started = read();
  let before: Awaited<typeof started> | undefined;
  let readAt = performance.now();
  return async (last) => {
    if (watched.length === 0) return [];
    before ??= await started;
    if (!last && performance.now() - readAt < everyMs) return [];
    readAt = performance.now();
    const after = await read();
    const grown = [...after].flatMap(([netns, text]) =>
      findGrown(before?.get(netns) ?? text, text).map((one) => ({ netns, family, ...one })),
    );
    before = after;
    return grown;
  };
};
