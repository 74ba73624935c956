/** What was counted between two pictures of a host. */
import type { Evidence } from './finding.ts';
import type { HostView } from './host-view.ts';
import { where } from './host-view.ts';

/** How much a counter of the host's netns rose; 0 without an earlier picture, or when it was not read. */
export function risen({ home, earlier }: HostView, name: string): number {
  const before = earlier?.home.facts.counters?.[name];
  const now = home?.facts.counters?.[name];
  // A counter that starts again from nothing was another boot.
  return before === undefined || now === undefined || now < before ? 0 : now - before;
}

export const risenEvidence = (view: HostView, name: string, file: string): Evidence => ({
  fact: `${name} rose by ${risen(view, name)} in ${view.earlier?.seconds} s`,
  source: `/proc/net/${file} ${where(view.home)}, read twice`,
  ...(view.home === undefined ? {} : { netns: view.home.id }),
});
