/** Containers whose files are not what they seem cannot lead us out, hold us up, or fill our memory. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readContainerFiles, readInRoot } from '../../src/host/container-files.ts';

const outside = mkdtempSync(join(tmpdir(), 'vethscope-test-'));
const root = join(outside, 'root');

beforeAll(() => {
  writeFileSync(join(outside, 'secret'), 'outside');
  mkdirSync(join(root, 'etc'), { recursive: true });
  mkdirSync(join(root, 'run', 'deep'), { recursive: true });
  const put = (path: string, text: string) => writeFileSync(join(root, path), text);
  const link = (target: string, path: string) => symlinkSync(target, join(root, path));
  put('etc/resolv.conf', 'nameserver 127.0.0.11\n');
  put('run/deep/hosts', 'inside\n');
  put('secret', 'inside\n');
  put('etc/big', 'x'.repeat(70_000));
  link('/run/deep/hosts', 'etc/absolute');
  link('../run/deep/hosts', 'etc/relative');
  link('../../../../../../../../secret', 'etc/above');
  link(join(outside, 'secret'), 'etc/host-path');
  link('loop', 'etc/loop');
  link('/run', 'folder-link');
  link('nowhere', 'etc/dangling');
  link('/etc/..', 'etc/to-root');
  execFileSync('mkfifo', [join(root, 'etc/fifo')]);
});
afterAll(() => rmSync(outside, { recursive: true }));

describe('a file of a container', () => {
  test('is read', async () => {
    expect(await readInRoot(root, 'etc/resolv.conf')).toBe('nameserver 127.0.0.11\n');
  });

  test.each(['etc/absolute', 'etc/relative', 'folder-link/deep/hosts', 'etc/to-root/run/deep/hosts'])(
    'is found by its link %s, inside the container',
    async (path) => {
      expect(await readInRoot(root, path)).toBe('inside\n');
    },
  );

  test('above the root is the root itself, as for the container', async () => {
    expect(await readInRoot(root, 'etc/above')).toBe('inside\n');
  });

  test.each(['etc/host-path', 'etc/dangling', 'etc/none', 'none/none'])(
    '%s, which the container does not have, is none',
    async (path) => {
      expect(await readInRoot(root, path)).toBeUndefined();
    },
  );

  test.each([
    ['etc/fifo', 'invalid', 'no plain file'],
    ['etc/loop', 'invalid', 'more links than anybody needs'],
    ['etc/big', 'truncated', 'longer than 65536 bytes'],
    ['etc', 'invalid', 'no plain file'],
    ['etc/to-root', 'invalid', 'is a folder'],
  ])('%s is refused as %s', async (path, reason, detail) => {
    expect(await readInRoot(root, path)).toMatchObject({ reason, detail });
  });

  test('in the way of another is refused', async () => {
    expect(await readInRoot(root, 'secret/x')).toMatchObject({ reason: 'invalid' });
  });
});

test('a container that has ended has no files, and that is no gap', async () => {
  const { value, gaps } = await readContainerFiles([{ fullId: 'c1', pid: 4_194_400 }]);
  expect(value).toEqual([{ fullId: 'c1' }]);
  expect(gaps).toEqual([]);
});

test('files of a process are read through its root', async () => {
  const { value } = await readContainerFiles([{ fullId: 'self', pid: process.pid }]);
  expect(value[0]?.hosts).toContain('localhost');
});
