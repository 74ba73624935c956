/** Only systemd's sockets start something when they are asked. */
import { expect, test } from 'vitest';
import { wouldActivate } from '../../../src/host/engines/would-activate.ts';
import { startFakeEngine } from '../../support/fake-engine.ts';

test('a socket somebody else than systemd holds can be asked', async () => {
  const engine = await startFakeEngine({});
  expect(wouldActivate(engine.socket, [])).toBe(false);
  await engine.stop();
});

test('a socket whose daemon runs can be asked, whoever else holds it', () => {
  expect(wouldActivate('/run/docker.sock', [{ pid: 1, comm: 'dockerd', uid: 0 }])).toBe(false);
});
