/** Every recorded host is whole: what is missing in one would be missing in every test that uses it. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadRecording } from '../support/load-recording.ts';

const names = readdirSync(fileURLToPath(new URL('.', import.meta.url)), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test('there are hosts of every engine generation', () => {
  expect(names).toEqual(expect.arrayContaining(['docker-20-legacy', 'docker-20-standard', 'docker-26-standard', 'docker-28-standard']));
});

describe.each(names.filter((name) => name.startsWith('docker-')))('%s', (name) => {
  test('has every fact of every netns, and all fifteen containers of the scenario', async () => {
    const { netns, engines, gaps, takenAt } = await loadRecording(name);
    expect(gaps).toEqual([]);
    expect(takenAt).toMatch(/^20\d\d-/);
    expect(netns).toHaveLength(14);
    expect(netns[0]?.isHost).toBe(true);
    const modes = engines[0]?.containers.map(({ mode }) => mode) ?? [];
    expect(modes).toHaveLength(15);
    expect(new Set(modes)).toEqual(new Set(['bridge', 'container', 'host', 'none', 'macvlan']));
  });

  test('has the rules of its backend', async () => {
    const { netns } = await loadRecording(name, { parts: ['ruleset'], containerFiles: false });
    const { iptablesNft, iptablesLegacy } = netns[0]?.ruleset ?? {};
    const rules = name.endsWith('legacy') ? iptablesLegacy : iptablesNft;
    expect(rules).toMatch(/^:DOCKER-USER /m);
    expect(rules).toMatch(/-A DOCKER .*--to-destination 172\.17\.0\.2:80$/m);
  });

  test('knows every running container’s process in some netns', async () => {
    const { netns, engines } = await loadRecording(name, { parts: [] });
    const pids = new Set(netns.flatMap(({ holders }) => holders.map((holder) => ('pid' in holder ? holder.pid : 0))));
    expect(engines[0]?.containers.filter(({ pid }) => !pids.has(pid)).map((one) => one.name)).toEqual([]);
  });
});
