/** `iptables-legacy-save -c` of the namespaces that have legacy tables (it creates none, unlike -L). */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import { runCommand } from '../../run-command.ts';
import type { Place } from './place-door.ts';

const limits = { timeoutMs: 5000, maxBytes: 64 * 1024 * 1024 } as const;

export const readLegacy = async (
  save: readonly string[] | undefined,
  places: readonly Place[],
  gaps: Gap[],
): Promise<ReadonlyMap<NetnsId, string>> => {
  const texts = new Map<NetnsId, string>();
  for (const place of places) {
    if (!place.legacy) continue;
    const ran = save === undefined ? undefined : await runCommand({ argv: save, netnsFd: place.fd, ...limits });
    if (ran?.end === 'exited' && ran.exitCode === 0) texts.set(place.netns, ran.stdout);
    else
      gaps.push({
        source: 'legacy counters',
        netns: place.netns,
        reason: 'missing',
        detail: 'iptables-legacy-save did not answer',
      });
  }
  return texts;
};
