/** The SSH connection that somebody works over, also where sudo or a terminal multiplexer dropped the variable. */
import { readFile } from 'node:fs/promises';

/** Addresses as sshd wrote them. */
export interface SshConnection {
  readonly client: string;
  readonly server: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** sshd(8), SSH_CONNECTION: client address, client port, server address, server port. */
export const parseSshConnection = (text: string | undefined): SshConnection | undefined => {
  const [client, , server, port] = (text ?? '').trim().split(' ');
  return client === undefined || server === undefined || port === undefined ? undefined : { client, server };
};

/** More parents than a login, a shell, sudo and a multiplexer have. */
const parentLimit = 16;

const parentOf = async (pid: number): Promise<number> =>
  Number(/^PPid:\s*(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1] ?? 0);

const variableOf = async (pid: number): Promise<string | undefined> => {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return text
    .split('\0')
    .find((entry) => entry.startsWith('SSH_CONNECTION='))
    ?.slice('SSH_CONNECTION='.length);
};

/** undefined: nobody works over SSH, as far as our own ancestors tell. */
export const findSshConnection = async (env: Env = process.env): Promise<SshConnection | undefined> => {
  const own = parseSshConnection(env['SSH_CONNECTION']);
  if (own !== undefined) return own;
  let pid = process.ppid;
  for (let at = 0; at < parentLimit && pid > 1; at++) {
    const found = parseSshConnection(await variableOf(pid));
    if (found !== undefined) return found;
    pid = await parentOf(pid);
  }
  return undefined;
};
