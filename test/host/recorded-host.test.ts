/** A recording answers like a host, but nothing can happen there. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRecording, type RecordedHost } from '../../src/host/recorded-host.ts';
import { hostId } from '../../src/model/ids.ts';
import { recordingPath } from '../support/load-recording.ts';

describe('a recorded host', () => {
  let host: RecordedHost;
  beforeAll(async () => {
    host = await openRecording(recordingPath('docker-28-standard'));
  });

  test('answers with the parts that were asked for and no others', async () => {
    const { value } = await host.ask({ about: 'netns', parts: ['routes'] });
    expect(value?.every((netns) => netns.routes !== undefined && netns.links === undefined)).toBe(true);
  });

  test('answers about the namespaces that were named', async () => {
    const all = await host.ask({ about: 'netns', parts: [] });
    const id = all.value?.[3]?.id;
    expect(
      (await host.ask({ about: 'netns', parts: [], only: id === undefined ? [] : [id] })).value?.map((one) => one.id),
    ).toEqual([id]);
  });

  test('says which wanted parts nobody recorded', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vethscope-test-'));
    writeFileSync(join(folder, 'links.json'), '[]');
    const { gaps } = await (await openRecording(folder)).ask({ about: 'netns', parts: ['links', 'routes', 'sysctls'] });
    rmSync(folder, { recursive: true });
    expect(gaps).toMatchObject([{ source: 'recording', reason: 'missing', detail: 'not recorded: routes, sysctls' }]);
  });

  test('answers about single containers', async () => {
    const whole = await host.ask({ about: 'engines' });
    const first = String((whole.value?.[0]?.containers[0] as { readonly Id: string } | undefined)?.Id);
    const { value } = await host.ask({ about: 'engines', only: { containers: [first], networks: [] } });
    expect(value?.[0]?.containers).toHaveLength(1);
    expect(value?.[0]?.networks).toEqual([]);
  });

  test('neither follows nor changes, and says why', async () => {
    expect((await host.follow()).gaps[0]?.detail).toBe('a recording does not change');
    expect(await host.change({ argv: ['ip', 'link'] })).toMatchObject({ exitCode: 126 });
    expect(host.live).toBe(false);
  });

  test('can go by another name, in all its ids', async () => {
    const renamed = await openRecording(recordingPath('docker-28-standard'), hostId('two'));
    const { value } = await renamed.ask({ about: 'netns', parts: [] });
    expect(
      value
        ?.flatMap(({ id, nsids }) => [id, ...nsids.flatMap(({ netns }) => netns ?? [])])
        .every((id) => id.startsWith('two|')),
    ).toBe(true);
  });
});

describe('what is no recording', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vethscope-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is refused in one line', async () => {
    await expect(openRecording(folder)).rejects.toThrow(/^no recording there/);
    await expect(openRecording(join(folder, 'nothing'))).rejects.toThrow(/ENOENT/);
  });

  test('is not reached through a link', async () => {
    symlinkSync('/etc/passwd', join(folder, 'links.json'));
    writeFileSync(join(folder, 'host.json'), '{"format":"vethscope-recording/1"}');
    const { gaps } = await (await openRecording(folder)).ask({ about: 'host' });
    expect(gaps).toMatchObject([{ detail: 'links.json: not a plain file' }]);
  });
});
