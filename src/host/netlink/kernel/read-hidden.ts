/** Netns that nobody visible holds, known only by a number another netns has for them: the kernel still tells their addresses. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { NetnsPart } from '../../host.ts';
import type { FoundNetns } from '../../namespaces/found-netns.ts';
import type { NetnsIdentity, RawNetns } from '../protocol.ts';
import type { Arena } from './arena.ts';
import type { HostSocket } from './host-socket.ts';
import { askConsistently, type Dumped, setStrict } from './netlink-socket.ts';
import { getAddressesOfNsid } from './requests.ts';
import { hiddenId } from './resolve-nsids.ts';
import { visitNetns } from './visit.ts';

export interface HiddenNetns {
  readonly raw: readonly RawNetns[];
  readonly identities: readonly NetnsIdentity[];
}

/**
 * Addresses only: a dump of its links would have the kernel give every netns at the other ends of them an nsid in the asking netns
 * (rtnl_fill_link_netnsid → peernet2id_alloc), which changes the host, and shows all those netns, itself among them, as hidden ones.
 */
const readOne = (route: number, nsid: number, parts: readonly NetnsPart[], arena: Arena): { addresses?: Dumped } => {
  setStrict(route);
  return parts.includes('addresses') ? { addresses: askConsistently(route, getAddressesOfNsid(nsid), arena) } : {};
};

export const readHidden = (
  hidden: readonly { readonly seenFrom: NetnsId; readonly nsid: number }[],
  host: HostSocket | undefined,
  doors: ReadonlyMap<NetnsId, FoundNetns>,
  parts: readonly NetnsPart[],
  arena: Arena,
  gaps: Gap[],
): HiddenNetns => {
  const raw: RawNetns[] = [];
  const identities: NetnsIdentity[] = [];
  for (const { seenFrom, nsid } of hidden) {
    const netns = doors.get(seenFrom);
    if (netns === undefined) continue;
    const id = hiddenId(seenFrom, nsid);
    let answer: { addresses?: Dumped } = {};
    if (netns.inode === host?.inode) answer = readOne(host.route, nsid, parts, arena);
    else
      visitNetns(seenFrom, netns, gaps, (visit) => {
        answer = readOne(visit.route, nsid, parts, arena);
      });
    const range = (dumped: Dumped | undefined) =>
      dumped === undefined || dumped.error !== 0 ? undefined : ([dumped.start, dumped.end] as const);
    const addresses = range(answer.addresses);
    raw.push({ id, ranges: { ...(addresses ? { addresses } : {}) }, facts: {} });
    identities.push({
      id,
      dev: 0,
      inode: 0,
      isHost: false,
      names: [],
      holders: [{ kind: 'nsid', seenFrom, nsid }],
      nsids: [],
    });
    gaps.push({
      source: 'netns',
      netns: id,
      reason: 'missing',
      detail: `nothing visible holds it; only its addresses can be read, through nsid ${nsid} of another netns`,
      howToSee: 'run outside any container, in the initial pid namespace, as root',
    });
  }
  return { raw, identities };
};
