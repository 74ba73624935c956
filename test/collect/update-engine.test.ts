import { expect, test } from 'vitest';
import { parseEngine } from '../../src/collect/parse-engine.ts';
import { updateEngine } from '../../src/collect/update-engine.ts';
import type { EngineAnswers } from '../../src/host/host.ts';
import { hostId } from '../../src/model/ids.ts';

const host = hostId('h');
const shop = { Id: 'f'.repeat(64), Name: 'shop', Driver: 'bridge', Scope: 'local' };
const web = { Id: 'a'.repeat(64), Name: '/web', HostConfig: { NetworkMode: 'shop' }, State: { Status: 'exited' } };

const answers = (parts: Partial<EngineAnswers>): EngineAnswers => ({
  kind: 'docker',
  socket: '/run/docker.sock',
  version: {},
  info: {},
  containers: [],
  networks: [],
  ...parts,
});

test('a container whose network was removed or made again is what its network makes it, though only the network was asked', () => {
  const before = parseEngine(answers({ containers: [web], networks: [shop] }), host).engine;
  expect(before.containers[0]?.mode).toBe('bridge');
  const without = updateEngine(before, answers({}), host, { containers: [], networks: [shop.Id] });
  expect(without.networks).toEqual([]);
  expect(without.containers[0]?.mode).toBe('custom');
  const again = updateEngine(without, answers({ networks: [shop] }), host, { containers: [], networks: [shop.Id] });
  expect(again.containers[0]?.mode).toBe('bridge');
});
