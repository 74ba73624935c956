/** What archives of recordings may hold, and what is refused. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { packTar, unpackTar } from '../../../src/host/recording/tar.ts';

const limits = { files: 100, fileBytes: 10_000 };

/** One archive entry with every field as an attacker would write it. */
const entry = (name: string, type: string, body = ''): Uint8Array => {
  const bytes = new Uint8Array(packTar(new Map([['x', body]]))).slice(0, body === '' ? 512 : 1024);
  bytes.fill(0, 0, 100);
  bytes.set(new TextEncoder().encode(name), 0);
  bytes[156] = type.charCodeAt(0);
  return bytes;
};

const archive = (...entries: readonly Uint8Array[]): Uint8Array => Buffer.concat([...entries, new Uint8Array(1024)]);

describe('an archive of a recording', () => {
  test('comes back as it was packed, long names and foreign letters too', () => {
    const files = new Map([
      ['host.json', '{}\n'],
      [`containers/${'a'.repeat(120)}/hosts`, 'ä → ü\n'],
      ['empty', ''],
    ]);
    expect(unpackTar(packTar(files), limits)).toEqual({ files, refused: [] });
  });

  test('can be read by tar itself', () => {
    const names = execFileSync('tar', ['-tf', '-'], {
      input: packTar(
        new Map([
          ['a/b.json', '1'],
          ['c', '2'],
        ]),
      ),
      encoding: 'utf8',
    });
    expect(names).toBe('a/b.json\nc\n');
  });

  test.each(['../etc/passwd', '/etc/passwd', 'a/../../b', 'a\\..\\b', '..'])('never leads to %s', (name) => {
    const { files, refused } = unpackTar(archive(entry(name, '0', 'x')), limits);
    expect([...files.keys()]).toEqual([]);
    expect(refused).toEqual([`${name}: leads out of the archive`]);
  });

  test.each([
    ['2', 'symbolic link'],
    ['1', 'hard link'],
    ['3', 'character device'],
    ['6', 'fifo'],
  ])('holds no entry of type %s (%s)', (type) => {
    expect(unpackTar(archive(entry('links.json', type)), limits).refused).toEqual(['links.json: not a plain file']);
  });

  test('that ends in the middle of a file still gives the files before it', () => {
    const whole = packTar(
      new Map([
        ['a', 'x'],
        ['b', 'y'.repeat(2000)],
      ]),
    );
    const { files, refused } = unpackTar(whole.subarray(0, 2048), limits);
    expect([...files]).toEqual([['a', 'x']]);
    expect(refused).toEqual(['the archive ends in the middle of a file']);
  });

  test('is read within bounds of number and size', () => {
    const many = packTar(new Map(Array.from({ length: 5 }, (_, n) => [`f${n}`, 'x'])));
    expect(unpackTar(many, { files: 3, fileBytes: 10 }).files.size).toBe(3);
    expect(unpackTar(packTar(new Map([['big', 'xxxx']])), { files: 3, fileBytes: 3 }).refused).toEqual([
      'big: larger than 3 bytes',
    ]);
  });

  test('with a size that is no number is refused', () => {
    const broken = entry('a', '0', 'x');
    broken.set(new TextEncoder().encode('zzzzzzzzzzz'), 124);
    expect(unpackTar(archive(broken), limits).files.size).toBe(0);
  });
});
