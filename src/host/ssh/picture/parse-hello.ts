/** What the other machine says about itself. */
import type { HostId } from '../../../model/ids.ts';
import type { HostFacts } from '../../../model/snapshot.ts';
import { type Frame, findBody } from '../frames.ts';

export interface HelloFacts {
  readonly facts: Omit<HostFacts, 'id'>;
  readonly bootId: string;
  readonly viaSudo: boolean;
}

/** CAP_NET_ADMIN (12) and CAP_SYS_ADMIN (21), capability.h. */
const hasCapabilities = (hex: string): boolean => {
  if (!/^[0-9a-f]+$/.test(hex)) return false;
  return [12n, 21n].every((capability) => (BigInt(`0x${hex}`) >> capability) & 1n);
};

/** undefined: it was no hello. */
export const parseHello = (frames: readonly Frame[]): HelloFacts | undefined => {
  const [hostname, kernel = '', uid = '', capabilities = '', bootId = '', sudoUid = ''] = (
    findBody(frames, 'hello') ?? ''
  ).split('\n');
  if (hostname === undefined || hostname === '') return undefined;
  const os = /^PRETTY_NAME=["']?(.*?)["']?$/m.exec(findBody(frames, 'os') ?? '')?.[1];
  const paths = (findBody(frames, 'tools') ?? '').split('\n').filter((path) => path.startsWith('/'));
  return {
    facts: {
      hostname,
      kernel,
      uid: /^\d+$/.test(uid) ? Number(uid) : -1,
      privileged: hasCapabilities(capabilities),
      ...(os === undefined ? {} : { os }),
      tools: Object.fromEntries(paths.map((path) => [path.slice(path.lastIndexOf('/') + 1), path])),
    },
    bootId,
    viaSudo: sudoUid !== '' && uid === '0',
  };
};

export const factsOf = (hello: HelloFacts, id: HostId): HostFacts => ({ id, ...hello.facts });
