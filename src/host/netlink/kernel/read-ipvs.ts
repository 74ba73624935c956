/** The virtual services of the calling thread's netns; without IPVS in the kernel there is no such file, and there are none. */
import { readFileSync } from 'node:fs';
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { IpvsService } from '../../../model/ipvs.ts';
import { parseIpvs } from '../decode/parse-ipvs.ts';
import { readSmallFile } from './small-file.ts';

const path = '/proc/thread-self/net/ip_vs';

export const readIpvs = (netns: NetnsId, gaps: Gap[]): { readonly ipvs?: readonly IpvsService[] } => {
  // Nearly nobody has it, and an error that is thrown costs more than all other sockets of a small netns.
  if (readSmallFile(path) === undefined) return { ipvs: [] };
  try {
    return { ipvs: parseIpvs(readFileSync(path, 'utf8')) };
  } catch (error) {
    gaps.push({ source: '/proc/net/ip_vs', netns, reason: 'forbidden', detail: String(error) });
    return {};
  }
};
