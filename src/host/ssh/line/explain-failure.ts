/** Why ssh did not connect, as one line a person can act on. */
import type { SshAddress } from './ssh-address.ts';

const hints: readonly (readonly [pattern: RegExp, hint: (address: SshAddress) => string])[] = [
  [/Could not resolve hostname/i, () => 'check the name'],
  // Said beside the next, whose advice would be wrong here.
  [/REMOTE HOST IDENTIFICATION HAS CHANGED/i, () => 'its key is not the one known: find out why before going on'],
  [
    /Host key verification failed|No .* host key is known/i,
    ({ host }) => `connect once with ssh ${host} and compare its key`,
  ],
  [/Permission denied/i, ({ host }) => `make \`ssh ${host}\` work first`],
  [/Connection refused/i, () => 'is sshd running there, on that port?'],
  [/timed out|No route to host|Network is unreachable/i, () => 'is it reachable from here?'],
  [/Too many authentication failures/i, () => 'name the key with IdentityFile in ~/.ssh/config'],
];

/** Decoration of the warning about a changed key, and what is said on the way. */
const isNoise = (line: string): boolean =>
  /^@+|^Warning: Permanently added|^debug|^$|^Pseudo-terminal|^\*\*/.test(line) ||
  /^It is (also )?possible|^Someone could/.test(line);

export const explainFailure = (address: SshAddress, said: string, exitCode: number | null): string => {
  const lines = said
    .split(/\r?\n/)
    .map((line) => line.replace(/^(?:ssh|kex_exchange_identification): |^@ +(?:WARNING: )?|!? +@$/g, '').trim());
  const known = hints.find(([pattern]) => pattern.test(said));
  const told = lines.findLast((line) => known?.[0].test(line)) ?? lines.findLast((line) => !isNoise(line));
  const why =
    told?.replace(/\.$/, '') ?? (exitCode === null ? 'ssh was ended' : `ssh ended with exit code ${exitCode}`);
  return `${address.text}: ${why} (${known?.[1](address) ?? `make \`ssh ${address.host}\` work first`})`;
};
