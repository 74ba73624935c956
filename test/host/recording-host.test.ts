/** What is written down is what was answered. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { collect } from '../../src/collect/collect.ts';
import { openRecording } from '../../src/host/recorded-host.ts';
import { RecordingHost } from '../../src/host/recording-host.ts';
import { recordingPath } from '../support/load-recording.ts';

const folder = mkdtempSync(join(tmpdir(), 'vethscope-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(['copy', 'copy.tar.gz', 'copy.tgz'])('a recording written to %s', (name) => {
  test('gives the same snapshot as the host it was made of', async () => {
    const host = new RecordingHost(await openRecording(recordingPath('docker-28-standard')));
    const seen = await collect(host);
    const path = join(folder, name);
    const { files } = await host.save(path, { redact: false });
    expect(files).toBeGreaterThan(200);
    const { tookMs: _, ...again } = await collect(await openRecording(path));
    const { tookMs: __, ...before } = seen;
    expect(again).toEqual(before);
  });

  test('can be read by its owner only, and is never written over something', async () => {
    const path = join(folder, name);
    expect(statSync(path).mode & 0o077).toBe(0);
    const host = new RecordingHost(await openRecording(path));
    await expect(host.save(path, { redact: false })).rejects.toThrow();
  });
});

test('parts asked one after the other are put together', async () => {
  const host = new RecordingHost(await openRecording(recordingPath('docker-28-standard')));
  await host.ask({ about: 'netns', parts: ['links'] });
  await host.ask({ about: 'netns', parts: ['addresses'] });
  const names = [...host.files({ redact: false }).keys()].map((path) => path.split('/').at(-1));
  expect(new Set(names.filter((name) => name?.endsWith('es.json') || name === 'links.json'))).toEqual(
    new Set(['links.json', 'addresses.json']),
  );
});
