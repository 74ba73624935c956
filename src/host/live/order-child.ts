/** An order made ready for the guardian: with the way into each netns and the programs of this machine. */
import type { NetnsId } from '../../model/ids.ts';
import type { Netns } from '../../model/netns.ts';
import { holderPath } from '../../model/netns-path.ts';
import { findSaveCommands } from '../rulesets/save-commands.ts';
import type { ChildPlace, ChildTools, ProofTask, WatchTask } from './child-order.ts';
import type { ProbeOrder, WatchedNetns } from './live-order.ts';
import type { WatchOrder } from './watch-order.ts';

type Known = (netns: NetnsId) => Pick<Netns, 'inode' | 'holders'> | undefined;

const placesOf = (watched: readonly WatchedNetns[], known: Known): readonly ChildPlace[] =>
  watched.map((one) => {
    const netns = known(one.netns);
    return {
      ...one,
      inode: netns?.inode ?? 0,
      doors: netns?.holders.map(holderPath).filter((path) => path !== undefined) ?? [],
    };
  });

const toolsFor = (family: 4 | 6, tools: Readonly<Record<string, string>>): ChildTools => {
  const saves = findSaveCommands(tools);
  const legacySave = family === 4 ? saves.iptablesLegacy : saves.ip6tablesLegacy;
  return {
    ...(tools['nft'] === undefined ? {} : { nft: tools['nft'] }),
    ...(legacySave === undefined ? {} : { legacySave }),
  };
};

export const orderChild = (
  { from, packet, watch, proxied, timeoutMs }: ProbeOrder,
  known: Known,
  tools: Readonly<Record<string, string>>,
): ProofTask => {
  const watched = watch.some(({ netns }) => netns === from)
    ? watch
    : [{ netns: from, legacy: false, bridge: false }, ...watch];
  return {
    task: 'proof',
    from,
    packet,
    places: placesOf(watched, known),
    proxied,
    timeoutMs,
    ...toolsFor(packet.family, tools),
  };
};

export const orderWatch = (
  { flow, watch, durationMs, eventsPerSecond }: WatchOrder,
  known: Known,
  tools: Readonly<Record<string, string>>,
): WatchTask => {
  const family = flow?.tuples[0]?.family ?? 4;
  return {
    task: 'watch',
    ...(flow === undefined ? {} : { flow }),
    family,
    places: placesOf(watch, known),
    durationMs,
    eventsPerSecond,
    ...toolsFor(family, tools),
  };
};
