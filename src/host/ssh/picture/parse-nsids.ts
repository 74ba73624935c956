/** Which netns each number of a netns means, by the names that were found for them. */
import { type HostId, type NetnsId, netnsId } from '../../../model/ids.ts';
import type { NsidEntry } from '../../../model/netns.ts';
import type { Discovered } from './parse-discovery.ts';
import { parseList } from './parse-list.ts';

export interface Numbering {
  readonly host: HostId;
  readonly discovered: Discovered;
  /** Numbers could be asked for names. */
  readonly isNamed: boolean;
  /** Those held by nobody visible: filled here. */
  readonly hidden: { readonly netns: NetnsId; readonly seenFrom: NetnsId; readonly nsid: number }[];
}

/** `ip netns list-id` names each by the inode we gave it as its name, or by its name in a folder. `untold`: the list before any had a name. */
export const parseNsids = (
  bodies: ReadonlyMap<string, string>,
  untold: string | undefined,
  seenFrom: NetnsId,
  { discovered, host, isNamed, hidden }: Numbering,
): readonly NsidEntry[] => {
  const numbers = new Map<number, number | undefined>();
  const take = (text: string | undefined, inodeOf: (name: string) => number | undefined): void => {
    for (const { nsid, name } of parseList(text))
      if (typeof nsid === 'number')
        numbers.set(nsid, numbers.get(nsid) ?? (typeof name === 'string' ? inodeOf(name) : undefined));
  };
  take(bodies.get('nsids') ?? untold, Number);
  for (const [part, body] of bodies) {
    const folder = /^nsids (.+)$/.exec(part)?.[1];
    if (folder !== undefined) take(body, (name) => discovered.mounted.get(`${folder}/${name}`));
  }
  return [...numbers].map(([nsid, inode]) => {
    if (inode !== undefined && discovered.netns.has(inode))
      return { nsid, netns: netnsId(host, discovered.dev, inode) };
    if (!isNamed) return { nsid };
    const netns = `${seenFrom}~${nsid}` as NetnsId;
    hidden.push({ netns, seenFrom, nsid });
    return { nsid, netns };
  });
};
