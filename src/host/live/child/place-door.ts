/** A netns of the path kept open for the seconds of a proof, and what is done inside it. */
import { closeSync, openSync } from 'node:fs';
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import { enterNetns, openNetns } from '../../namespaces/open-netns.ts';
import type { ChildPlace } from '../child-order.ts';

export interface Place {
  readonly netns: NetnsId;
  readonly legacy: boolean;
  readonly bridge: boolean;
  readonly fd: number;
  /** Runs `act` inside, synchronously, and comes back. Throws what the kernel refused. */
  inside<T>(act: () => T): T;
  close(): void;
}

export const openPlace = ({ netns, inode, doors, legacy, bridge }: ChildPlace): Place | undefined => {
  const opened = openNetns(doors, inode);
  if (opened === undefined) return undefined;
  return {
    netns,
    legacy,
    bridge,
    fd: opened.fd,
    inside: (act) => {
      const home = openSync('/proc/thread-self/ns/net', 'r');
      try {
        const refused = enterNetns(opened.fd);
        if (refused !== undefined) throw new Error(`setns: ${refused}`);
        return act();
      } finally {
        enterNetns(home);
        closeSync(home);
      }
    },
    close: () => opened.close(),
  };
};

export const openPlaces = (
  wanted: readonly ChildPlace[],
): { readonly places: readonly Place[]; readonly gaps: readonly Gap[] } => {
  const places: Place[] = [];
  const gaps: Gap[] = [];
  for (const one of wanted) {
    const place = openPlace(one);
    if (place !== undefined) places.push(place);
    else
      gaps.push({
        source: 'netns',
        netns: one.netns,
        reason: 'vanished',
        detail: 'it ended meanwhile, or may not be opened',
        howToSee: 'run as root',
      });
  }
  return { places, gaps };
};
