/** A snapshot and what happened since → the snapshot now, and what has to be asked again. */
import { updateNetns } from '../collect/merge-netns.ts';
import type { HostEvent } from '../host/host.ts';
import type { NetnsId } from '../model/ids.ts';
import type { Link } from '../model/link.ts';
import type { Netns } from '../model/netns.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** What events only announce. */
export interface ToAsk {
  /** Socket → ids of what changed. `everything`: the daemon itself did something. */
  readonly engines: ReadonlyMap<string, EngineChanges>;
  /** Events were lost. */
  readonly everything: boolean;
}

export interface EngineChanges {
  readonly containers: ReadonlySet<string>;
  readonly networks: ReadonlySet<string>;
  readonly everything: boolean;
}

const mergeLinks = (links: readonly Link[], changed: readonly Link[], gone: readonly number[]): readonly Link[] => {
  const byIndex = new Map(links.map((link) => [link.ifindex, link] as const));
  for (const ifindex of gone) byIndex.delete(ifindex);
  for (const link of changed) byIndex.set(link.ifindex, link);
  return [...byIndex.values()].sort((a, b) => a.ifindex - b.ifindex);
};

const applyToNetns = (all: readonly Netns[], event: HostEvent): readonly Netns[] => {
  switch (event.kind) {
    case 'netns-appeared':
      return updateNetns(all, [event.netns]);
    case 'netns-gone':
      return all.filter((netns) => netns.id !== event.id);
    case 'links':
      return replace(all, event.netns, (netns) => ({
        ...netns,
        links: mergeLinks(netns.links ?? [], event.changed, event.gone),
      }));
    case 'facts':
      return replace(all, event.netns, (netns) => ({ ...netns, ...event.facts, id: netns.id }));
    case 'engine':
    case 'resync':
    case 'gap':
      return all;
  }
};

const replace = (all: readonly Netns[], id: NetnsId, change: (netns: Netns) => Netns): readonly Netns[] =>
  all.map((netns) => (netns.id === id ? change(netns) : netns));

const collectToAsk = (events: readonly HostEvent[]): ToAsk => {
  const engines = new Map<string, { containers: Set<string>; networks: Set<string>; everything: boolean }>();
  for (const event of events) {
    if (event.kind !== 'engine') continue;
    const changes = engines.get(event.socket) ?? { containers: new Set(), networks: new Set(), everything: false };
    engines.set(event.socket, changes);
    if (event.about === 'container') changes.containers.add(event.id);
    else if (event.about === 'network') changes.networks.add(event.id);
    else changes.everything = true;
  }
  return { engines, everything: events.some((event) => event.kind === 'resync') };
};

export const applyEvents = (
  snapshot: Snapshot,
  events: readonly HostEvent[],
): { readonly snapshot: Snapshot; readonly toAsk: ToAsk } => {
  const netns = events.reduce(applyToNetns, snapshot.netns);
  const gaps = events.flatMap((event) => (event.kind === 'gap' ? [event.gap] : []));
  return {
    snapshot: { ...snapshot, netns, ...(gaps.length === 0 ? {} : { gaps: [...snapshot.gaps, ...gaps] }) },
    toAsk: collectToAsk(events),
  };
};
