/** What is asked of an engine, and what becomes of every way it can fail to answer. */
import { afterEach, describe, expect, test } from 'vitest';
import { openEngineApi } from '../../../src/host/engines/engine-api.ts';
import { chooseApiVersion, kindOf, type ReadEngineOptions, readEngine } from '../../../src/host/engines/read-engine.ts';
import { type FakeAnswer, type FakeEngine, startFakeEngine } from '../../support/fake-engine.ts';

const silenceMs = 200;
let engine: FakeEngine | undefined;
afterEach(async () => {
  await engine?.stop();
  engine = undefined;
});

const read = async (answers: Readonly<Record<string, FakeAnswer>>, options: Partial<ReadEngineOptions> = {}) => {
  engine = await startFakeEngine(answers);
  const api = openEngineApi(engine.socket, silenceMs);
  const reading = await readEngine({ api, socket: engine.socket, ...options });
  api.close();
  return reading;
};

const version = { ApiVersion: '1.41', Version: '20.10.24', Components: [{ Name: 'Engine' }] };
const empty = { '/version': version, '/info': {}, '/containers/json?all=1': [], '/networks': [] };

describe('an engine', () => {
  test('is asked for every container and network, in the API version it speaks, a few at a time', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `c${n}`);
    const { answers, gaps } = await read({
      ...empty,
      '/containers/json?all=1': ids.map((Id) => ({ Id })),
      ...Object.fromEntries(ids.map((Id) => [`/containers/${Id}/json`, { Id }])),
      '/networks': [{ Id: 'n1' }],
      '/networks/n1': { Id: 'n1', Name: 'bridge' },
    });
    expect(gaps).toEqual([]);
    expect(answers?.containers).toEqual(ids.map((Id) => ({ Id })));
    expect(answers?.networks).toEqual([{ Id: 'n1', Name: 'bridge' }]);
    expect(engine?.asked[0]).toBe('/version');
    expect(engine?.asked.slice(1).every((path) => path.startsWith('/v1.41/'))).toBe(true);
    expect(engine?.mostAtOnce()).toBeGreaterThan(1);
    expect(engine?.mostAtOnce()).toBeLessThanOrEqual(8);
  });

  test('that lost a container between the list and the question has simply lost it', async () => {
    const { answers, gaps } = await read({
      ...empty,
      '/containers/json?all=1': [{ Id: 'gone' }, { Id: 'c1' }],
      '/containers/c1/json': { Id: 'c1' },
    });
    expect(answers?.containers).toEqual([{ Id: 'c1' }]);
    expect(gaps).toEqual([]);
  });

  test('is asked for some containers only, when only those are wanted', async () => {
    const { answers } = await read(
      { ...empty, '/containers/c1/json': { Id: 'c1' } },
      { only: { containers: ['c1', 'c2'], networks: [] } },
    );
    expect(answers?.containers).toEqual([{ Id: 'c1' }]);
    expect(engine?.asked).not.toContain('/v1.41/containers/json?all=1');
  });

  test('of another kind than wanted is left alone', async () => {
    const { answers, gaps } = await read(empty, { kind: 'podman' });
    expect([answers, gaps]).toEqual([undefined, []]);
    expect(engine?.asked).toEqual(['/version']);
  });

  test('cannot lead us to other paths by the ids it tells', async () => {
    await read({ ...empty, '/containers/json?all=1': [{ Id: '../info' }, { Id: 'x?y' }, { Id: 7 }, null] });
    expect(engine?.asked.filter((path) => path.includes('/containers/'))).toEqual(['/v1.41/containers/json?all=1']);
  });
});

describe('an engine that does not answer as it should', () => {
  const hang = () => {};
  test.each([
    ['hangs', hang, 'slow', /no answer within the time limit/],
    [
      'answers with something else than JSON',
      (_: unknown, response: { end: (text: string) => void }) => response.end('<html>'),
      'invalid',
      /no JSON/,
    ],
    [
      'refuses',
      (_: unknown, response: { writeHead: (status: number) => { end: (text: string) => void } }) =>
        response.writeHead(403).end('{"message":"denied by policy"}'),
      'forbidden',
      /denied by policy/,
    ],
    [
      'closes the connection',
      (_: unknown, response: { destroy: () => void }) => response.destroy(),
      'invalid',
      /socket hang up/,
    ],
  ] as const)('because it %s is a gap', async (_, answer, reason, detail) => {
    const { answers, gaps } = await read({ ...empty, '/version': answer });
    expect(answers).toBeUndefined();
    expect(gaps).toMatchObject([{ source: 'engine /version', reason, detail: expect.stringMatching(detail) }]);
  });

  test('on one question still counts for the others', async () => {
    const { answers, gaps } = await read({ ...empty, '/info': hang, '/networks': { not: 'a list' } });
    expect(answers).toMatchObject({ version, containers: [], networks: [] });
    expect(gaps).toMatchObject([{ source: 'docker /info', reason: 'slow' }]);
  });

  test('because nobody listens any more is no gap', async () => {
    const api = openEngineApi('/nowhere/engine.sock', silenceMs);
    expect(await readEngine({ api, socket: '/nowhere/engine.sock' })).toEqual({ gaps: [] });
  });
});

test.each([
  ['1.41', '1.12', '1.41'],
  ['1.51', '1.24', '1.51'],
  ['1.60', '1.44', '1.51'],
  ['1.80', '1.60', '1.60'],
  ['1.9', undefined, '1.9'],
  ['../x', undefined, undefined],
  [undefined, undefined, undefined],
])('of an engine that speaks %s, and nothing older than %s, %s is used', (ApiVersion, MinAPIVersion, chosen) => {
  expect(chooseApiVersion({ ApiVersion, MinAPIVersion })).toBe(chosen);
});

test('Podman is told from Docker by its components', () => {
  expect(kindOf({ Components: [{ Name: 'Podman Engine' }, { Name: 'Conmon' }] })).toBe('podman');
  expect(kindOf(version)).toBe('docker');
  expect(kindOf(null)).toBe('docker');
});
