/** Asks a host everything (or the parts wanted) and makes one Snapshot of the answers. */
import type { Host } from '../host/host.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type CollectOptions, collectInStages } from './collect-in-stages.ts';

export async function collect(host: Host, options: CollectOptions = {}): Promise<Snapshot> {
  return collectInStages(host, options, () => {});
}
