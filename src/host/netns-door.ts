/** Opens a netns by one of its holders, and makes sure that it is the one that was meant. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Netns } from '../model/netns.ts';
import { holderPath } from '../model/netns-path.ts';

export interface NetnsDoor {
  readonly fd: number;
  /** An open netns file keeps a dead netns alive: close at once after use. */
  close(): Promise<void>;
}

/** undefined: nothing visible leads there any more, or only to another netns (a pid was reused). */
export async function openNetns(netns: Pick<Netns, 'dev' | 'inode' | 'holders'>): Promise<NetnsDoor | undefined> {
  for (const path of netns.holders.map(holderPath)) {
    const file = path === undefined ? undefined : await open(path, 'r').catch(() => undefined);
    if (file === undefined) continue;
    if (await isThat(file, netns)) return { fd: file.fd, close: () => file.close() };
    await file.close();
  }
  return undefined;
}

async function isThat(file: FileHandle, netns: Pick<Netns, 'dev' | 'inode'>): Promise<boolean> {
  const { dev, ino } = await file.stat();
  return ino === netns.inode && dev === netns.dev;
}
