/** One visit: the lists asked for, received through one route socket in the netns this thread is in, raw. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { NetnsPart } from '../../host.ts';
import type { RawPart, RawRanges } from '../protocol.ts';
import type { Arena } from './arena.ts';
import { errorName } from './libc.ts';
import { askConsistently } from './netlink-socket.ts';
import {
  getAddresses,
  getBridgeVlans,
  getFdb,
  getLinkNames,
  getLinks,
  getNeighbours,
  getProxies,
  getRoutes,
  getRoutes6,
  getRules,
  type Request,
} from './requests.ts';

const requests: Readonly<Record<RawPart, Request>> = {
  links: getLinks,
  names: getLinkNames,
  addresses: getAddresses,
  routes: getRoutes,
  routes6: getRoutes6,
  policyRules: getRules,
  neighbours: getNeighbours,
  proxies: getProxies,
  fdb: getFdb,
  vlans: getBridgeVlans,
};

const spoken: Readonly<Record<RawPart, string>> = {
  links: 'links',
  names: 'links',
  addresses: 'addresses',
  routes: 'IPv4 routes',
  routes6: 'IPv6 routes',
  policyRules: 'policy rules',
  neighbours: 'neighbours',
  proxies: 'proxy neighbours',
  fdb: 'fdb entries',
  vlans: 'bridge VLANs',
};

/** The kernel lists behind the parts of the model, in the order they are read: links first, they name everything else. */
export const rawPartsFor = (parts: readonly NetnsPart[]): readonly RawPart[] => {
  const wants = (part: NetnsPart): boolean => parts.includes(part);
  const lists: RawPart[] = [];
  const named = ['briefLinks', 'addresses', 'routes', 'neighbours', 'fdb', 'sockets'] as const;
  if (wants('links') || wants('sysctls')) lists.push('links');
  else if (named.some(wants)) lists.push('names');
  if (wants('addresses')) lists.push('addresses');
  if (wants('routes')) lists.push('routes', 'routes6');
  if (wants('policyRules')) lists.push('policyRules');
  if (wants('neighbours')) lists.push('neighbours', 'proxies');
  if (wants('fdb')) lists.push('fdb');
  if (wants('vlans')) lists.push('vlans');
  return lists;
};

/** Errnos that mean "this kernel has no such list": then there is nothing in it. */
const EOPNOTSUPP = 95;
const EAFNOSUPPORT = 97;

export const readLists = (
  fd: number,
  lists: readonly RawPart[],
  arena: Arena,
  netns: NetnsId,
  gaps: Gap[],
): RawRanges => {
  const ranges: Record<string, readonly [number, number]> = {};
  for (const list of lists) {
    const answer = askConsistently(fd, requests[list], arena);
    const failed = answer.error !== 0 && answer.error !== EOPNOTSUPP && answer.error !== EAFNOSUPPORT;
    const gap = (reason: Gap['reason'], detail: string): void => {
      gaps.push({ source: `netlink: ${spoken[list]}`, netns, reason, detail });
    };
    if (failed)
      gap(
        answer.error === 1 || answer.error === 13 ? 'forbidden' : 'invalid',
        `the kernel answered ${errorName(answer.error)}`,
      );
    else ranges[list] = [answer.start, answer.end];
    if (answer.interrupted) gap('invalid', 'the list kept changing while it was read; it may be incomplete');
    if (answer.truncated) gap('truncated', 'one message was larger than we receive');
  }
  return ranges;
};
