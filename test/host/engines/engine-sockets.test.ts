/** Which sockets are asked, by the user's and Docker's own settings. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findEngineSockets } from '../../../src/host/engines/engine-sockets.ts';

const folder = mkdtempSync(join(tmpdir(), 'vethscope-test-'));
const file = (...path: readonly string[]) => join(folder, ...path);
const touch = (...path: readonly string[]): string => {
  mkdirSync(join(folder, ...path.slice(0, -1)), { recursive: true });
  writeFileSync(file(...path), '');
  return file(...path);
};

describe('sockets of engines', () => {
  let own: string;
  beforeAll(() => {
    own = touch('own.sock');
    touch('run', 'docker.sock');
    touch('run', 'podman', 'podman.sock');
    const meta = (name: string, host: string) => {
      mkdirSync(file('docker', 'contexts', 'meta', name), { recursive: true });
      writeFileSync(
        file('docker', 'contexts', 'meta', name, 'meta.json'),
        JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }),
      );
    };
    meta('mine', `unix://${own}`);
    meta('far', 'ssh://root@far');
    writeFileSync(file('docker', 'config.json'), '{"currentContext":"mine"}');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('one that the user names is the only one', () => {
    expect(findEngineSockets({ socket: `unix://${own}`, env: {} })).toEqual({ sockets: [own], named: [own], gaps: [] });
    expect(findEngineSockets({ socket: file('none.sock'), env: {} }).gaps).toMatchObject([{ reason: 'missing' }]);
  });

  test('of rootless engines lie in the runtime folder', () => {
    const { sockets, named } = findEngineSockets({ env: { XDG_RUNTIME_DIR: file('run'), HOME: '/nowhere' } });
    expect(sockets).toEqual(expect.arrayContaining([file('run', 'docker.sock'), file('run', 'podman', 'podman.sock')]));
    expect(named).toEqual([]);
  });

  test('DOCKER_HOST, DOCKER_CONTEXT and the current context name one', () => {
    const named = (env: Readonly<Record<string, string>>) =>
      findEngineSockets({ env: { HOME: '/nowhere', ...env } }).named;
    expect(named({ DOCKER_HOST: `unix://${own}` })).toEqual([own]);
    expect(named({ DOCKER_CONFIG: file('docker') })).toEqual([own]);
    expect(named({ DOCKER_CONFIG: file('docker'), DOCKER_CONTEXT: 'default' })).toEqual([]);
  });

  test('of another machine are not asked from here, and that is said', () => {
    const far = findEngineSockets({ env: { DOCKER_CONFIG: file('docker'), DOCKER_CONTEXT: 'far' } });
    expect(far.named).toEqual([]);
    expect(far.gaps).toMatchObject([{ reason: 'unsupported', detail: expect.stringContaining('ssh://root@far') }]);
  });

  test('broken settings are no settings', () => {
    writeFileSync(file('config.json'), '{');
    expect(findEngineSockets({ env: { DOCKER_CONFIG: folder } })).toMatchObject({ named: [], gaps: [] });
  });
});
