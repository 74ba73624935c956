/** The machine that Docker's client is set to, when it is another one reached by SSH. */
import { dockerAddress } from '../engines/engine-sockets.ts';

export const findRemoteDocker = (env: Readonly<Record<string, string | undefined>>): string | undefined => {
  const address = dockerAddress(env);
  if (address?.startsWith('ssh://') !== true) return undefined;
  // Docker's form may name a socket there; we ask its engines at their usual places.
  return address.replace(/^(ssh:\/\/[^/]+).*$/, '$1');
};
