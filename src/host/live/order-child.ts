/** A probe's order made ready for the guardian: with the way into each netns and the programs of this machine. */
import type { NetnsId } from '../../model/ids.ts';
import type { Netns } from '../../model/netns.ts';
import { holderPath } from '../../model/netns-path.ts';
import { findSaveCommands } from '../rulesets/save-commands.ts';
import type { ChildOrder, ChildPlace } from './child-order.ts';
import type { ProbeOrder, WatchedNetns } from './live-order.ts';

type Known = Pick<Netns, 'inode' | 'holders'>;

const placeOf = (watched: WatchedNetns, known: Known | undefined): ChildPlace => ({
  ...watched,
  inode: known?.inode ?? 0,
  doors: known?.holders.map(holderPath).filter((path) => path !== undefined) ?? [],
});

export const orderChild = (
  { from, packet, watch, proxied, timeoutMs }: ProbeOrder,
  known: (netns: NetnsId) => Known | undefined,
  tools: Readonly<Record<string, string>>,
): ChildOrder => {
  const watched = watch.some(({ netns }) => netns === from)
    ? watch
    : [{ netns: from, legacy: false, bridge: false }, ...watch];
  const saves = findSaveCommands(tools);
  const legacySave = packet.family === 4 ? saves.iptablesLegacy : saves.ip6tablesLegacy;
  return {
    from,
    packet,
    places: watched.map((one) => placeOf(one, known(one.netns))),
    proxied,
    timeoutMs,
    ...(tools['nft'] === undefined ? {} : { nft: tools['nft'] }),
    ...(legacySave === undefined ? {} : { legacySave }),
  };
};
