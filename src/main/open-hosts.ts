/** Which machines to look at: this one, or the recordings named. */
import type { Parsed } from '../cli-options/parse-arguments.ts';
import type { Host } from '../host/host.ts';
import { hostId } from '../model/ids.ts';
import { usageError } from './usage-error.ts';

/** Recordings of hosts of one name are told apart by their position. Rejects with a usage error. */
const openRecordings = async (paths: readonly string[]): Promise<readonly Host[]> => {
  const { openRecording } = await import('../host/recorded-host.ts');
  const hosts: Host[] = [];
  for (const path of paths) {
    const host = await openRecording(path).catch((error: unknown) => {
      throw usageError(
        `${path}: ${error instanceof Error ? error.message : error} (give the folder or .tar.gz that \`vethscope record\` wrote)`,
      );
    });
    const twins = hosts.filter((one) => one.id === host.id || one.id.startsWith(`${host.id}~`)).length;
    hosts.push(twins === 0 ? host : await openRecording(path, hostId(`${host.id}~${twins + 1}`)));
  }
  return hosts;
};

export const openHosts = async ({ values }: Parsed): Promise<readonly Host[]> => {
  const recordings = values.get('recording');
  if (recordings !== undefined) return openRecordings(recordings);
  const { openLocalHost } = await import('../host/local-host.ts');
  return [await openLocalHost()];
};
