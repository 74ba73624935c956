/** The same recording as a folder, as an archive and as a compressed one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadFileTree } from '../../../src/host/recording/file-tree.ts';

const place = mkdtempSync(join(tmpdir(), 'vethscope-tree-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const large = `[${'"long",'.repeat(20_000)}"end"]`;
const texts = new Map([
  ['host.json', '{"ä":1}'],
  ...['1', '2', '3'].flatMap((netns): readonly [string, string][] => [
    [`netns/${netns}/rules.json`, '[]'],
    [`netns/${netns}/links.json`, `[${netns}]`],
    [`netns/${netns}/sysctls.txt`, ''],
  ]),
  ['engines/docker-1/containers.json', large],
]);
const folder = join(place, 'host');
for (const [path, text] of texts) {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}
execFileSync('tar', ['-cf', join(place, 'host.tar'), '-C', place, 'host']);
execFileSync('tar', ['-czf', join(place, 'host.tar.gz'), '-C', folder, '.']);

test.each(['host', 'host.tar', 'host.tar.gz'])('%s is read whole', async (name) => {
  const { files, gaps } = await loadFileTree(join(place, name));
  expect(gaps).toEqual([]);
  expect(new Map([...files].toSorted())).toEqual(new Map([...texts].toSorted()));
});

test('a link in a folder is not followed, and told', async () => {
  const link = join(place, 'linked');
  mkdirSync(link);
  symlinkSync('/etc/hostname', join(link, 'host.json'));
  expect(await loadFileTree(link)).toMatchObject({
    files: new Map(),
    gaps: [{ detail: 'host.json: not a plain file' }],
  });
});

test('one text file is a recording of that file; bytes that are no archive hold nothing', async () => {
  writeFileSync(join(place, 'ip_addr.txt'), '1: lo: <UP> mtu 65536\n');
  expect([...(await loadFileTree(join(place, 'ip_addr.txt'))).files]).toEqual([
    ['ip_addr.txt', '1: lo: <UP> mtu 65536\n'],
  ]);
  writeFileSync(
    join(place, 'noise.tar'),
    Uint8Array.from({ length: 700 }, (_, at) => (at * 31) % 256),
  );
  expect((await loadFileTree(join(place, 'noise.tar'))).files.size).toBe(0);
});
