/** Netns that nobody visible holds, known only by a number another netns has for them: the kernel still tells their links and addresses. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { NetnsPart } from '../../host.ts';
import type { FoundNetns } from '../../namespaces/found-netns.ts';
import type { NetnsIdentity, RawNetns } from '../protocol.ts';
import type { Arena } from './arena.ts';
import type { HostSocket } from './host-socket.ts';
import { askConsistently, type Dumped, setStrict } from './netlink-socket.ts';
import { getAddressesOfNsid, getLinksOfNsid } from './requests.ts';
import { hiddenId } from './resolve-nsids.ts';
import { visitNetns } from './visit.ts';

export interface HiddenNetns {
  readonly raw: readonly RawNetns[];
  readonly identities: readonly NetnsIdentity[];
}

const readOne = (
  route: number,
  nsid: number,
  parts: readonly NetnsPart[],
  arena: Arena,
): { links?: Dumped; addresses?: Dumped } => {
  setStrict(route);
  const links = askConsistently(route, getLinksOfNsid(nsid), arena);
  if (!parts.includes('addresses')) return { links };
  return { links, addresses: askConsistently(route, getAddressesOfNsid(nsid), arena) };
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
    let answer: { links?: Dumped; addresses?: Dumped } = {};
    if (netns.inode === host?.inode) answer = readOne(host.route, nsid, parts, arena);
    else
      visitNetns(seenFrom, netns, gaps, (visit) => {
        answer = readOne(visit.route, nsid, parts, arena);
      });
    const range = (dumped: Dumped | undefined) =>
      dumped === undefined || dumped.error !== 0 ? undefined : ([dumped.start, dumped.end] as const);
    const links = range(answer.links);
    const addresses = range(answer.addresses);
    raw.push({ id, ranges: { ...(links ? { links } : {}), ...(addresses ? { addresses } : {}) }, facts: {} });
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
      detail: `nothing visible holds it; only its ${links ? 'links and addresses' : 'number'} can be read, through nsid ${nsid} of another netns`,
      howToSee: 'run outside any container, in the initial pid namespace, as root',
    });
  }
  return { raw, identities };
};
