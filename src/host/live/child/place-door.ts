/** A netns of the path kept open for the seconds of a proof, and what is done inside it. */
import { closeSync, openSync } from 'node:fs';
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
