/** A lock between processes that the kernel lets go of when its holder ends, however it ends. */
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import koffi from 'koffi';
import { makeStateFolder } from './state-folder.ts';

const flock = koffi.load(null).func('int flock(int, int)') as (fd: number, operation: number) => number;
/** LOCK_EX | LOCK_NB, flock(2). */
const exclusiveAtOnce = 2 | 4;

export interface FileLock {
  release(): Promise<void>;
}

/** undefined: another process holds it. Node opens files close-on-exec, so that no child inherits the lock. */
export async function tryLock(path: string): Promise<FileLock | undefined> {
  await makeStateFolder(dirname(path));
  const file = await open(path, 'a', 0o600);
  if (flock(file.fd, exclusiveAtOnce) === 0) return { release: () => file.close() };
  await file.close();
  return undefined;
}
