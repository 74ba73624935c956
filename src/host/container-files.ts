/** Reads resolv.conf and hosts of containers through /proc/PID/root, without ever being led out of the container. */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readlink } from 'node:fs/promises';
import type { Gap } from '../model/gap.ts';
import { limitConcurrency } from '../std/limit-concurrency.ts';
import type { ContainerFiles } from './host.ts';

const limits = {
  fileBytes: 64 * 1024,
  /** As the kernel's MAXSYMLINKS, but meaner: nobody needs more. */
  links: 8,
  /** A container can mount a file system that never answers. */
  timeoutMs: 2_000,
  concurrency: 4,
} as const;

export interface FilesRead {
  readonly value: readonly ContainerFiles[];
  readonly gaps: readonly Gap[];
}

export async function readContainerFiles(
  containers: readonly { readonly fullId: string; readonly pid: number }[],
): Promise<FilesRead> {
  const read = await limitConcurrency(containers, limits.concurrency, async ({ fullId, pid }) => {
    const gaps: Gap[] = [];
    const file = async (path: string): Promise<string | undefined> => {
      const text = await withinTime(readInRoot(`/proc/${pid}/root`, path));
      if (typeof text === 'string') return text;
      if (text !== undefined) gaps.push({ source: `${path} of ${fullId.slice(0, 12)}`, ...text });
      return undefined;
    };
    const [resolvConf, hosts] = [await file('etc/resolv.conf'), await file('etc/hosts')];
    const texts = { ...(resolvConf === undefined ? {} : { resolvConf }), ...(hosts === undefined ? {} : { hosts }) };
    return { files: { fullId, ...texts }, gaps };
  });
  return { value: read.map(({ files }) => files), gaps: read.flatMap(({ gaps }) => gaps) };
}

type Trouble = Pick<Gap, 'reason' | 'detail' | 'howToSee'>;

/**
 * The text of a plain file below `root`; undefined when there is none. A link's target is looked up inside `root` as well, step by step with
 * O_NOFOLLOW from descriptor to descriptor (what openat2's RESOLVE_IN_ROOT does): the kernel itself would take an absolute target from our root.
 */
export async function readInRoot(root: string, path: string): Promise<string | Trouble | undefined> {
  const folders: FileHandle[] = [];
  try {
    folders.push(await open(root, constants.O_RDONLY | constants.O_DIRECTORY));
    let steps: readonly string[] = path.split('/');
    for (let links = 0; ; ) {
      const [step = '', ...rest] = steps;
      steps = rest;
      const at = `/proc/self/fd/${folders.at(-1)?.fd}/${step}`;
      if (step === '..') await leaveFolder(folders);
      if (step === '' || step === '.' || step === '..') {
        if (steps.length === 0) return { reason: 'invalid', detail: 'is a folder' };
        continue;
      }
      const kind = await lstat(at);
      if (kind.isSymbolicLink()) {
        links += 1;
        if (links > limits.links) return { reason: 'invalid', detail: 'more links than anybody needs' };
        const target = await readlink(at);
        if (target.startsWith('/')) while (folders.length > 1) await leaveFolder(folders);
        steps = [...target.split('/'), ...steps];
      } else if (steps.length === 0)
        return kind.isFile() ? await readPlain(at) : { reason: 'invalid', detail: 'no plain file' };
      else folders.push(await open(at, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW));
    }
  } catch (error) {
    return troubleOf(error as NodeJS.ErrnoException);
  } finally {
    for (const folder of folders) await folder.close();
  }
}

/** `..` at the root stays there. */
async function leaveFolder(folders: FileHandle[]): Promise<void> {
  if (folders.length > 1) await folders.pop()?.close();
}

async function readPlain(path: string): Promise<string | Trouble> {
  // O_NONBLOCK: should it have become a FIFO since lstat, open must not wait for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) return { reason: 'invalid', detail: 'no plain file' };
    const buffer = Buffer.alloc(limits.fileBytes + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > limits.fileBytes) return { reason: 'truncated', detail: `longer than ${limits.fileBytes} bytes` };
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function troubleOf(error: NodeJS.ErrnoException): Trouble | undefined {
  if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return { reason: 'forbidden', detail: error.message, howToSee: 'run as root' };
  return { reason: 'invalid', detail: error.message };
}

async function withinTime<T>(answer: Promise<T>): Promise<T | Trouble> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Trouble>((resolve) => {
    timer = setTimeout(() => resolve({ reason: 'slow', detail: 'no answer within the time limit' }), limits.timeoutMs);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
