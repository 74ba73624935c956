/** Where vethscope keeps what must outlive it: a folder for this user alone. */
import { chmod, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** https://specifications.freedesktop.org/basedir-spec: a relative XDG_STATE_HOME is to be ignored. */
export function stateFolder(env: Env = process.env): string {
  const base = env['XDG_STATE_HOME'];
  return join(base?.startsWith('/') === true ? base : join(homedir(), '.local/state'), 'vethscope');
}

export async function makeStateFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (made === undefined) await chmod(folder, 0o700);
}
