/** Loads a recording of test/recordings (by its folder's name, or any path) as the Snapshot that was seen then. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { collect } from '../../src/collect/collect.ts';
import type { CollectOptions } from '../../src/collect/collect-in-stages.ts';
import { openRecording } from '../../src/host/recorded-host.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';

export async function loadRecording(nameOrPath: string, options: CollectOptions = {}): Promise<Snapshot> {
  const host = await openRecording(recordingPath(nameOrPath));
  return collect(host, options);
}

export function recordingPath(nameOrPath: string): string {
  const named = fileURLToPath(new URL(`../recordings/${nameOrPath}`, import.meta.url));
  return existsSync(named) ? named : nameOrPath;
}
