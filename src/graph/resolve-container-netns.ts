/** Finds the netns each running container lives in: by the engine's netns file, by its first process, by whose it shares. */
import type { Container, Engine } from '../model/container.ts';
import type { ContainerId, NetnsId } from '../model/ids.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** One spelling for one file: /var/run is /run on every system that matters. */
const normalise = (path: string): string => path.replace(/^\/var\/run\//, '/run/');

interface Whereabouts {
  readonly byPid: ReadonlyMap<number, NetnsId>;
  readonly byPath: ReadonlyMap<string, NetnsId>;
}

const indexHolders = (snapshot: Snapshot): Whereabouts => {
  const byPid = new Map<number, NetnsId>();
  const byPath = new Map<string, NetnsId>();
  for (const netns of snapshot.netns) {
    for (const holder of netns.holders) {
      if (holder.kind === 'process' && holder.tid === undefined) byPid.set(holder.pid, netns.id);
      else if (holder.kind === 'mount') byPath.set(normalise(holder.path), netns.id);
    }
  }
  return { byPid, byPath };
};

const cache = new WeakMap<Snapshot, Whereabouts>();
const holdersOf = (snapshot: Snapshot): Whereabouts => {
  const known = cache.get(snapshot) ?? indexHolders(snapshot);
  cache.set(snapshot, known);
  return known;
};

/** The netns an engine makes its bridges and rules in: its daemon's own, else (no daemon found) the host's. */
export const findEngineNetns = (engine: Engine, snapshot: Snapshot): NetnsId | undefined => {
  const own = engine.pid === undefined ? undefined : holdersOf(snapshot).byPid.get(engine.pid);
  return own ?? snapshot.netns.find((netns) => netns.isHost)?.id;
};

export const isRunning = (container: Container): boolean =>
  container.state === 'running' || container.state === 'paused' || container.state === 'restarting';

/**
 * The netns file is stronger than the pid: its name is random, while a pid that a nested engine counts in its own pid
 * namespace may belong to somebody else here. Where the two disagree the container gets no netns.
 */
const findNetns = (container: Container, { byPid, byPath }: Whereabouts): NetnsId | undefined => {
  const key =
    container.sandboxKey === undefined || container.sandboxKey === '' ? undefined : normalise(container.sandboxKey);
  const fromFile = key === undefined ? undefined : byPath.get(key);
  const fromPid = container.pid > 0 ? byPid.get(container.pid) : undefined;
  if (fromFile !== undefined && fromPid !== undefined && fromFile !== fromPid) return undefined;
  return fromFile ?? fromPid;
};

/** `container:X` needs no special care: a container that shares keeps the netns it joined, even when X gets a new one. */
export const resolveContainerNetns = (snapshots: readonly Snapshot[]): ReadonlyMap<ContainerId, NetnsId> => {
  const found = new Map<ContainerId, NetnsId>();
  for (const snapshot of snapshots) {
    const whereabouts = holdersOf(snapshot);
    for (const container of snapshot.engines.flatMap((engine) => engine.containers)) {
      const netns = isRunning(container) ? findNetns(container, whereabouts) : undefined;
      if (netns !== undefined) found.set(container.id, netns);
    }
  }
  return found;
};
