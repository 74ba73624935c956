/** Asks hosts everything once more, through a wrapper that writes every answer down. */

import { collect } from '../collect/collect.ts';
import type { CollectOptions } from '../collect/collect-in-stages.ts';
import { allParts } from '../collect/netns-parts.ts';
import type { Host } from '../host/host.ts';
import { RecordingHost } from '../host/recording-host.ts';
import type { Gap } from '../model/gap.ts';

export interface Recorded {
  readonly files: number;
  readonly gaps: readonly Gap[];
}

/** One host: at `path` itself. Several: each in a folder of its own below it. */
const pathFor = (path: string, host: Host, hosts: readonly Host[]): string =>
  hosts.length === 1 ? path : `${path}/${host.id.replaceAll(/[^\w.~-]/g, '_')}`;

export const recordHosts = async (
  hosts: readonly Host[],
  options: CollectOptions,
  path: string,
  how: { readonly redact: boolean },
): Promise<Recorded | { readonly error: string }> => {
  if (hosts.length > 1 && /\.(tar\.gz|tgz)$/.test(path))
    return { error: `${path}: holds one host only (name a folder for several)` };
  let files = 0;
  const gaps: Gap[] = [];
  for (const host of hosts) {
    const recording = new RecordingHost(host);
    const snapshot = await collect(recording, { ...options, parts: allParts, containerFiles: true });
    gaps.push(...snapshot.gaps);
    try {
      files += (await recording.save(pathFor(path, host, hosts), how)).files;
    } catch (error) {
      return {
        error: `${path}: ${error instanceof Error ? error.message : error} (name a new folder, or a file ending in .tar.gz)`,
      };
    }
  }
  return { files, gaps };
};
