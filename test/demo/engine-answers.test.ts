import { describe, expect, test } from 'vitest';
import { engineAnswers } from '../../src/demo/engine-answers.ts';
import { shop } from '../../src/demo/shop.ts';

interface Inspected {
  readonly Id: string;
  readonly State: { readonly Pid: number };
  readonly HostConfig: { readonly NetworkMode: string };
}

const answers = engineAnswers(shop, new Map([['web', 32]]));
const ids = (answers.get('/containers/json') as { Id: string; Names: string[] }[]).map(
  (one) => [one.Names[0]?.slice(1), one.Id] as const,
);
const inspect = (name: string) =>
  answers.get(`/containers/${ids.find(([own]) => own === name)?.[1]}/json`) as Inspected;

describe('the engine of the demo', () => {
  test('lists every container under an id of its own', () => {
    expect(ids.map(([name]) => name)).toEqual(shop.containers.map((container) => container.name));
    expect(new Set(ids.map(([, id]) => id)).size).toBe(ids.length);
    expect(ids.every(([, id]) => /^[0-9a-f]{64}$/.test(id))).toBe(true);
  });

  test('tells the process of a container', () => {
    expect(inspect('web').State.Pid).toBe(32);
  });

  test('tells how a container got its netns', () => {
    expect(inspect('exporter').HostConfig.NetworkMode).toBe('host');
    expect(inspect('backup').HostConfig.NetworkMode).toBe('none');
    expect(inspect('metrics').HostConfig.NetworkMode).toBe(`container:${inspect('api').Id}`);
    expect(inspect('db').HostConfig.NetworkMode).toBe('back');
  });

  test('tells which bridge carries a network and who is on it', () => {
    const networks = answers.get('/networks') as { Name: string; Options: object; Containers: object }[];
    const back = networks.find((network) => network.Name === 'back');
    expect(back?.Options).toMatchObject({ 'com.docker.network.bridge.name': 'br-back' });
    expect(Object.keys(back?.Containers ?? {})).toHaveLength(3);
  });
});
