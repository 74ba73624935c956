/** Named namespaces that come and go without a link to anybody: no netlink event tells of them, but their names are files. */
import { type FSWatcher, watch } from 'node:fs';

/** Where `ip netns` and Docker keep the names. */
const places = ['/run/netns', '/run/docker/netns'];
/** The name is made first and mounted over at once (iproute2's netns_add): a second look, should the first have come in between. */
const SETTLE_MS = 150;

/** Places that do not exist now are not watched: what appears there shows with the next event or refresh. */
export const watchNamedNetns = (changed: () => void): { stop(): void } => {
  let settling: NodeJS.Timeout | undefined;
  const heard = (): void => {
    changed();
    clearTimeout(settling);
    settling = setTimeout(changed, SETTLE_MS);
  };
  const watchers = places.flatMap((place): FSWatcher[] => {
    try {
      return [watch(place, { persistent: false }, heard).on('error', () => undefined)];
    } catch {
      return [];
    }
  });
  return {
    stop: () => {
      clearTimeout(settling);
      for (const watcher of watchers) watcher.close();
    },
  };
};
