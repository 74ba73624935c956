/** Containers an engine calls running whose process was seen in no netns. */
import type { Container } from '../model/container.ts';
import type { Netns } from '../model/netns.ts';

export function findUnseenContainers(containers: readonly Container[], netns: readonly Netns[]): readonly Container[] {
  const seen = new Set(
    netns.flatMap(({ holders }) => holders.flatMap((holder) => (holder.kind === 'process' ? [holder.pid] : []))),
  );
  // No process seen anywhere: holders are not known at all, so nothing can be concluded from them.
  return seen.size === 0 ? [] : containers.filter(({ pid }) => pid > 0 && !seen.has(pid));
}
