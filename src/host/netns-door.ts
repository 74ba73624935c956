/** Opens a netns by one of its holders, and makes sure that it is the one that was meant. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Netns, NetnsHolder } from '../model/netns.ts';

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

function holderPath(holder: NetnsHolder): string | undefined {
  switch (holder.kind) {
    case 'process':
      return holder.tid === undefined ? `/proc/${holder.pid}/ns/net` : `/proc/${holder.pid}/task/${holder.tid}/ns/net`;
    case 'mount':
      return holder.mountNsPid === undefined ? holder.path : `/proc/${holder.mountNsPid}/root${holder.path}`;
    case 'descriptor':
      return `/proc/${holder.pid}/fd/${holder.fd}`;
    // Neither a foreign socket nor a bare nsid can be opened as a file.
    case 'socket':
    case 'nsid':
      return undefined;
  }
}
