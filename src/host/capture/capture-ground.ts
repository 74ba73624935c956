/** What a capture needs of the host it runs on. */
import type { NetnsId } from '../../model/ids.ts';
import type { Netns } from '../../model/netns.ts';

export type KnownNetns = Pick<Netns, 'id' | 'dev' | 'inode' | 'holders'>;

export interface CaptureGround {
  netns(id: NetnsId): KnownNetns | undefined;
  /** Looks again who holds a netns; undefined when it is not found any more. */
  findHolders(id: NetnsId): Promise<KnownNetns | undefined>;
  /** Programs by name, with their paths. */
  readonly tools: Readonly<Record<string, string>>;
}
