/** One host and its snapshot, kept current: collected in stages, then moved on by events. */
import { type CollectOptions, collectInStages } from '../collect/collect-in-stages.ts';
import { type Keeping, keepCurrent } from '../collect/keep-current.ts';
import type { Host } from '../host/host.ts';
import type { Gap } from '../model/gap.ts';
import type { Snapshot } from '../model/snapshot.ts';

export interface WatchedHost {
  readonly host: Host;
  snapshot(): Snapshot | undefined;
  waitingFor(): readonly string[];
  following(): boolean;
  /** What cannot be followed. */
  gaps(): readonly Gap[];
  collect(): Promise<void>;
  follow(): Promise<void>;
  close(): Promise<void>;
}

/** `changed` is called after every change of the snapshot. */
export const watchHost = (host: Host, options: CollectOptions, changed: () => void): WatchedHost => {
  let snapshot: Snapshot | undefined;
  let waitingFor: readonly string[] = ['the kernel'];
  let keeping: Keeping | undefined;

  const put = (next: Snapshot): void => {
    snapshot = next;
    changed();
  };

  const follow = async (): Promise<void> => {
    if (!host.live || snapshot === undefined) return;
    keeping = await keepCurrent(host, snapshot, options, put);
    changed();
  };

  return {
    host,
    snapshot: () => snapshot,
    waitingFor: () => waitingFor,
    following: () => keeping !== undefined,
    gaps: () => keeping?.gaps ?? [],
    collect: async () => {
      // The old events belong to the old snapshot; what happens meanwhile is in the new one.
      const wasFollowing = keeping !== undefined;
      await keeping?.stop();
      keeping = undefined;
      const first = snapshot === undefined;
      const last = await collectInStages(host, options, (found, stage) => {
        waitingFor = stage.waitingFor;
        // Half a new picture would take away what already stands.
        if (first) put(found);
      });
      put(last);
      if (wasFollowing) await follow();
    },
    follow,
    close: async () => {
      await keeping?.stop();
      await host.close();
    },
  };
};
