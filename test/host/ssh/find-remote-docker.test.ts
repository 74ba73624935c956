import { expect, test } from 'vitest';
import { findRemoteDocker } from '../../../src/host/ssh/find-remote-docker.ts';

test("takes the machine Docker's client is set to, and no other kind of place", () => {
  expect(findRemoteDocker({ DOCKER_HOST: 'ssh://me@web:22/run/docker.sock', HOME: '/nowhere' })).toBe(
    'ssh://me@web:22',
  );
  expect(findRemoteDocker({ DOCKER_HOST: 'tcp://web:2375', HOME: '/nowhere' })).toBeUndefined();
  expect(findRemoteDocker({ DOCKER_HOST: 'unix:///run/docker.sock', HOME: '/nowhere' })).toBeUndefined();
  expect(findRemoteDocker({ HOME: '/nowhere' })).toBeUndefined();
});
