/** A reader inside a netns keeps it alive: once nobody else does, the reader must go, as if it had never been there. */
import { stat } from 'node:fs/promises';
import type { NetnsId } from '../../model/ids.ts';
import type { NetnsHolder } from '../../model/netns.ts';
import { holderPath } from '../../model/netns-path.ts';
import type { KnownNetns } from './capture-ground.ts';

export interface HolderWatch {
  stop(): void;
}

export interface HolderWatchOptions {
  readonly netns: readonly KnownNetns[];
  /** Processes that hold it because of the capture itself. */
  ours(): ReadonlySet<number>;
  findHolders(id: NetnsId): Promise<KnownNetns | undefined>;
  /** Nobody else holds it. */
  gone(id: NetnsId): void;
  readonly everyMs?: number;
}

const everyMs = 1000;

const leadsThere = async (path: string, { dev, inode }: KnownNetns): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined);
  return found?.ino === inode && found.dev === dev;
};

const pidOf = (holder: NetnsHolder): number | undefined => ('pid' in holder ? holder.pid : undefined);

const isForeign = (holder: NetnsHolder, ours: ReadonlySet<number>): boolean => {
  const pid = pidOf(holder);
  return holder.kind !== 'nsid' && (pid === undefined || !ours.has(pid));
};

/** The files known at the beginning are looked at, which costs a stat each; everything is searched again only where none leads there any more. */
export const watchHolders = (options: HolderWatchOptions): HolderWatch => {
  const { ours, findHolders, gone } = options;
  const watched = new Map(options.netns.map((one) => [one.id, one]));
  let isBusy = false;
  let isStopped = false;

  const isHeld = async (known: KnownNetns): Promise<boolean> => {
    const paths = known.holders
      .filter((holder) => isForeign(holder, ours()))
      .map(holderPath)
      .filter((path) => path !== undefined);
    for (const path of paths) if (await leadsThere(path, known)) return true;
    const found = await findHolders(known.id);
    if (found === undefined || !found.holders.some((holder) => isForeign(holder, ours()))) return false;
    watched.set(known.id, found);
    return true;
  };
  const look = async (): Promise<void> => {
    for (const known of [...watched.values()]) {
      if (isStopped) return;
      // What cannot be asked is not gone.
      if (await isHeld(known).catch(() => true)) continue;
      watched.delete(known.id);
      if (!isStopped) gone(known.id);
    }
  };
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    void look().finally(() => {
      isBusy = false;
    });
  }, options.everyMs ?? everyMs);
  return {
    stop: () => {
      isStopped = true;
      clearInterval(timer);
    },
  };
};
