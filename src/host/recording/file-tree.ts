/** Reads a recording's files from a folder, a .tar or a .tar.gz, and writes them to a folder or a .tar.gz. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Gap } from '../../model/gap.ts';
import { type FileTree, recordingLimits } from './layout.ts';
import { packTar, unpackTar } from './tar.ts';
import { createTextPool, type TextPool } from './text-pool.ts';

export interface LoadedTree {
  readonly files: FileTree;
  readonly gaps: readonly Gap[];
}

/** Throws (with one line of reason) only when there is nothing at `path` that could be a recording. */
export async function loadFileTree(path: string): Promise<LoadedTree> {
  const found = await stat(path);
  return found.isDirectory() ? loadFolder(path) : loadArchive(path);
}

/** Writes a .tar.gz when the name ends so, else a folder, which must not hold anything yet. */
export async function saveFileTree(path: string, files: FileTree): Promise<void> {
  if (/\.(tar\.gz|tgz)$/.test(path)) {
    // A recording tells much about a host: readable by its owner only, and never over an existing file.
    await writeFile(path, await promisify(gzip)(packTar(files)), { flag: 'wx', mode: 0o600 });
    return;
  }
  await mkdir(path, { recursive: true, mode: 0o700 });
  if ((await readdir(path)).length > 0) throw new Error(`${path} is not empty`);
  for (const [name, text] of files) {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
  }
}

async function loadArchive(path: string): Promise<LoadedTree> {
  const archive = await readFile(path);
  const text = plainText(archive);
  if (text !== undefined) return { files: new Map([[basename(path), text]]), gaps: [] };
  const isCompressed = archive[0] === 0x1f && archive[1] === 0x8b;
  const { files, refused } = unpackTar(
    isCompressed ? await promisify(gunzip)(archive, { maxOutputLength: recordingLimits.totalBytes }) : archive,
    recordingLimits,
  );
  return { files: belowCommonFolder(files), gaps: refused.map(refusal) };
}

/** One tool's output alone is a recording too; an archive has bytes that no text has. */
const plainText = (bytes: Buffer): string | undefined =>
  bytes.length === 0 || bytes[0] === 0x1f || bytes.includes(0) ? undefined : bytes.toString('utf8');

/** `tar czf x.tar.gz folder` puts everything under `folder/`: that level says nothing. */
function belowCommonFolder(files: FileTree): FileTree {
  const known = ['netns', 'engines', 'containers'];
  const tops = new Set([...files.keys()].map((path) => path.split('/')[0] ?? ''));
  const top = [...tops][0];
  if (tops.size !== 1 || top === undefined || files.has(top) || known.includes(top)) return files;
  return new Map([...files].map(([path, text]) => [path.slice(top.length + 1), text]));
}

/**
 * Synchronous, folder by folder with a turn for others in between: a recording has seventeen files for each netns, and a round through the thread pool
 * for each of them takes thirty times as long as reading it.
 */
async function loadFolder(root: string): Promise<LoadedTree> {
  const files = new Map<string, string>();
  const gaps: Gap[] = [];
  const read = createFileReader(createTextPool());
  let total = 0;
  let sinceTurn = 0;
  /** What may not be read, or is gone by now, is told; the rest is a recording all the same. */
  const attempt = <T>(path: string, act: () => T): T | undefined => {
    try {
      return act();
    } catch (error) {
      gaps.push(refusal(`${path}: could not be read (${(error as NodeJS.ErrnoException).code})`));
      return undefined;
    }
  };
  const visit = async (below: string): Promise<void> => {
    const entries = attempt(below, () => readdirSync(join(root, below), { withFileTypes: true }));
    for (const entry of entries ?? []) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (!entry.isFile()) gaps.push(refusal(`${path}: not a plain file`));
      else if (files.size >= recordingLimits.files) return;
      else {
        const found = attempt(path, () => ({ text: read(`${root}/${path}`, entry.name) }));
        if (found === undefined) continue;
        const { text } = found;
        total += text?.length ?? 0;
        sinceTurn += 1;
        if (text === undefined || total > recordingLimits.totalBytes) gaps.push(refusal(`${path}: too large`));
        else files.set(path, text);
      }
    }
    if (sinceTurn < filesPerTurn) return;
    sinceTurn = 0;
    await nextTurn();
  };
  await visit('');
  return { files, gaps };
}

/** Some milliseconds of reading. */
const filesPerTurn = 500;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Most files are small: one read instead of asking for the size and reading until nothing comes. */
const smallBytes = 64 * 1024;
const arenaBytes = 16 * smallBytes;

/** Files are read one behind the other into one piece of memory, where those that are new stay for the pool to compare with. */
function createFileReader(pool: TextPool): (path: string, name: string) => string | undefined {
  let arena = Buffer.allocUnsafe(arenaBytes);
  let used = 0;
  return (path, name) => {
    // O_NOFOLLOW: between readdir and open a file may have become a link.
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (used + smallBytes > arena.length) {
        arena = Buffer.allocUnsafe(arenaBytes);
        used = 0;
      }
      const size = readSync(file, arena, used, smallBytes, null);
      const bytes = arena.subarray(used, used + size);
      if (size < smallBytes) {
        const known = pool.find(name, bytes);
        if (known !== undefined) return known;
        used += size;
        return pool.add(name, bytes);
      }
      if (fstatSync(file).size > recordingLimits.fileBytes) return undefined;
      return pool.add(name, Buffer.concat([bytes, readFileSync(file)]));
    } finally {
      closeSync(file);
    }
  };
}

function refusal(detail: string): Gap {
  return { source: 'recording', reason: 'invalid', detail };
}
