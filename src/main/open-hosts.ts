/** Which machines to look at: the recordings or hosts named, the one Docker's client is set to, or this one. */
import type { Parsed } from '../cli-options/parse-arguments.ts';
import type { Host } from '../host/host.ts';
import { openLocalHost } from '../host/local-host.ts';
import { findRemoteDocker } from '../host/ssh/find-remote-docker.ts';
import { parseSshAddress, type SshAddress } from '../host/ssh/line/ssh-address.ts';
import { type HostId, hostId } from '../model/ids.ts';
import { unreachableError } from './unreachable-error.ts';
import { usageError } from './usage-error.ts';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What Node says of a file that is not there, and zlib of one that is no archive, in words. */
const wrongRecording = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (code === 'ENOENT') return 'there is no such file';
  return code.startsWith('Z_') ? 'is no recording' : messageOf(error);
};

/** Hosts of one name are told apart by their position. */
const nameFor = (id: HostId, others: readonly HostId[]): HostId | undefined => {
  const twins = others.filter((one) => one === id || one.startsWith(`${id}~`)).length;
  return twins === 0 ? undefined : hostId(`${id}~${twins + 1}`);
};

/** Rejects with a usage error. */
const openRecordings = async (paths: readonly string[]): Promise<readonly Host[]> => {
  const recorded = await import('../host/recorded-host.ts');
  const hosts: Host[] = [];
  const taken: HostId[] = [];
  const rename = (id: HostId): HostId | undefined => {
    const name = nameFor(id, taken);
    taken.push(name ?? id);
    return name;
  };
  for (const path of paths) {
    const opened = await recorded.openRecordings(path, rename).catch((error: unknown) => {
      throw usageError(
        `${path}: ${wrongRecording(error)} (give the folder or .tar.gz that \`vethscope record\` wrote)`,
      );
    });
    hosts.push(...opened);
  }
  return hosts;
};

const parseAddress = (text: string): SshAddress => {
  const address = parseSshAddress(text);
  if ('error' in address) throw usageError(address.error);
  return address;
};

/** One after the other: ssh may ask something on the terminal. */
const openOverSsh = async (addresses: readonly SshAddress[]): Promise<readonly Host[]> => {
  const { openSshHost } = await import('../host/ssh-host.ts');
  const hosts: Host[] = [];
  try {
    for (const address of addresses) hosts.push(await openSshHost({ address, others: hosts.map(({ id }) => id) }));
  } catch (error) {
    await Promise.all(hosts.map((host) => host.close()));
    throw unreachableError(messageOf(error));
  }
  return hosts;
};

export const openHosts = async ({ values }: Parsed): Promise<readonly Host[]> => {
  const recordings = values.get('recording');
  const named = values.get('host');
  if (recordings !== undefined && named !== undefined)
    throw usageError('--recording and --host: both given (name one of them)');
  if (recordings !== undefined) return openRecordings(recordings);
  const remote = values.has('engine-socket') ? undefined : findRemoteDocker(process.env);
  const addresses = named ?? (remote === undefined ? [] : [remote]);
  if (addresses.length > 0) return openOverSsh(addresses.map(parseAddress));
  return [await openLocalHost()];
};
