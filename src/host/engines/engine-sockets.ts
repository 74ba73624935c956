/** Where engines may listen: as the user says, as Docker's own settings say, and in the usual places. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Gap } from '../../model/gap.ts';

export interface EngineSockets {
  /** Existing paths, each listening place once. */
  readonly sockets: readonly string[];
  /** Those the user named: asked even where asking starts a service. */
  readonly named: readonly string[];
  readonly gaps: readonly Gap[];
}

export interface SocketChoice {
  readonly socket?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function findEngineSockets({ socket, env }: SocketChoice): EngineSockets {
  if (socket !== undefined) {
    const path = socket.replace(/^unix:\/\//, '');
    const gap: Gap = { source: path, reason: 'missing', detail: 'there is no such socket' };
    return existsSync(path) ? { sockets: [path], named: [path], gaps: [] } : { sockets: [], named: [], gaps: [gap] };
  }
  const { path: chosen, gap } = dockerSetting(env);
  const named = chosen === undefined ? [] : [chosen];
  const sockets = distinctPlaces([...named, ...usualPlaces(env)].filter((path) => existsSync(path)));
  return { sockets, named: named.filter((path) => sockets.includes(path)), gaps: gap === undefined ? [] : [gap] };
}

function usualPlaces(env: SocketChoice['env']): readonly string[] {
  const own = env['XDG_RUNTIME_DIR'];
  // Runtime folders of all logged-in users: rootless engines listen there.
  const runtimeFolders = new Set([...(own?.startsWith('/') ? [own] : []), ...subfolders('/run/user')]);
  const rootless = [...runtimeFolders].flatMap((folder) => [
    join(folder, 'docker.sock'),
    join(folder, 'podman/podman.sock'),
  ]);
  return ['/var/run/docker.sock', '/run/docker.sock', '/run/podman/podman.sock', ...rootless];
}

/** /run is /var/run's real place on every current distribution: the same socket is asked once. */
function distinctPlaces(paths: readonly string[]): readonly string[] {
  const seen = new Map(paths.toReversed().map((path) => [realPath(path), path]));
  return paths.filter((path) => seen.get(realPath(path)) === path);
}

function dockerSetting(env: SocketChoice['env']): { readonly path?: string; readonly gap?: Gap } {
  const address = dockerAddress(env);
  if (address === undefined) return {};
  if (address.startsWith('unix://')) return { path: address.slice('unix://'.length) };
  const detail = `Docker's client is set to ${address}, another machine: here only engines of this machine are asked`;
  return { gap: { source: 'DOCKER_HOST', reason: 'unsupported', detail, howToSee: 'vethscope --host ssh://…' } };
}

/** Where Docker's client is set to; undefined: this machine's usual place. */
export function dockerAddress(env: SocketChoice['env']): string | undefined {
  return env['DOCKER_HOST'] || contextAddress(env) || undefined;
}

/** The endpoint of the docker context in use. */
function contextAddress(env: SocketChoice['env']): string | undefined {
  const folder = env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker');
  const name = env['DOCKER_CONTEXT'] || readField(join(folder, 'config.json'), 'currentContext');
  if (name === undefined || name === '' || name === 'default') return undefined;
  const meta = subfolders(join(folder, 'contexts/meta')).map((context) => join(context, 'meta.json'));
  const chosen = meta.find((file) => readField(file, 'Name') === name);
  return chosen === undefined ? undefined : readField(chosen, 'Endpoints', 'docker', 'Host');
}

function readField(path: string, ...names: readonly string[]): string | undefined {
  try {
    let value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    for (const name of names) value = (value as Record<string, unknown> | null | undefined)?.[name];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function subfolders(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
