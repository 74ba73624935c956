/** What the kernel said has changed since we last told: link messages as they came, and which lists must be read again. */
import type { NetnsId } from '../../../model/ids.ts';
import type { NetnsPart } from '../../host.ts';
import { littleEndian } from '../wire/attributes.ts';
import { eachMessage, type Message, RTM } from '../wire/messages.ts';

export type Reread = Exclude<NetnsPart, 'links' | 'briefLinks' | 'sockets' | 'conntrack'>;

export interface NetnsChanges {
  /** ifindex → the link's last message, copied; undefined: it is gone. */
  readonly links: Map<number, Uint8Array | undefined>;
  /** Links whose state as a bridge port changed: read each again. */
  readonly ports: Set<number>;
  readonly lists: Set<Reread>;
}

export interface PendingChanges {
  readonly byNetns: Map<NetnsId, NetnsChanges>;
  /** Someone new: an nsid was given, or an event came from one we do not know. */
  discover: boolean;
  readonly gone: Set<NetnsId>;
  lost: boolean;
}

export const noChanges = (): PendingChanges => ({ byNetns: new Map(), discover: false, gone: new Set(), lost: false });

export const hasChanges = (pending: PendingChanges): boolean =>
  pending.byNetns.size > 0 || pending.discover || pending.gone.size > 0 || pending.lost;

const changesOf = (pending: PendingChanges, netns: NetnsId): NetnsChanges => {
  const known = pending.byNetns.get(netns);
  if (known !== undefined) return known;
  const fresh: NetnsChanges = { links: new Map(), ports: new Set(), lists: new Set() };
  pending.byNetns.set(netns, fresh);
  return fresh;
};

const AF_BRIDGE = 7;

const noteLink = (changes: NetnsChanges, view: DataView, bytes: Uint8Array, message: Message): void => {
  const ifindex = view.getInt32(message.body + 4, littleEndian);
  if (view.getUint8(message.body) === AF_BRIDGE) {
    // A port's STP state or flags; said in another shape than a link's own message.
    changes.ports.add(ifindex);
    changes.lists.add('vlans');
    return;
  }
  const gone = message.type === RTM.DELLINK;
  changes.links.set(ifindex, gone ? undefined : bytes.slice(message.body - 16, message.end));
  // IPv4 says nothing about routes that die or revive with their link (fib_sync_down_dev).
  if (gone || view.getUint32(message.body + 12, littleEndian) !== 0) changes.lists.add('routes');
};

const listsOf: Readonly<Record<number, Reread>> = {
  [RTM.NEWADDR]: 'addresses',
  [RTM.DELADDR]: 'addresses',
  [RTM.NEWROUTE]: 'routes',
  [RTM.DELROUTE]: 'routes',
  [RTM.NEWNEXTHOP]: 'routes',
  [RTM.DELNEXTHOP]: 'routes',
  [RTM.NEWRULE]: 'policyRules',
  [RTM.DELRULE]: 'policyRules',
  [RTM.NEWNETCONF]: 'sysctls',
  [RTM.DELNETCONF]: 'sysctls',
  [RTM.NEWVLAN]: 'vlans',
  [RTM.DELVLAN]: 'vlans',
};

const noteMessage = (changes: NetnsChanges, view: DataView, bytes: Uint8Array, message: Message): void => {
  if (message.type === RTM.NEWLINK || message.type === RTM.DELLINK) noteLink(changes, view, bytes, message);
  else if (message.type === RTM.NEWNEIGH || message.type === RTM.DELNEIGH) {
    changes.lists.add(view.getUint8(message.body) === AF_BRIDGE ? 'fdb' : 'neighbours');
  } else {
    const list = listsOf[message.type];
    if (list !== undefined) changes.lists.add(list);
  }
};

export interface Numbering {
  readonly hostId: NetnsId;
  readonly byNsid: Map<number, NetnsId>;
}

/** Files one packet of rtnetlink messages. */
export const noteRoutePacket = (
  pending: PendingChanges,
  view: DataView,
  bytes: Uint8Array,
  length: number,
  nsid: number | undefined,
  numbering: Numbering,
): void => {
  const netns = nsid === undefined || nsid < 0 ? numbering.hostId : numbering.byNsid.get(nsid);
  if (netns === undefined) {
    pending.discover = true;
    return;
  }
  eachMessage(view, 0, length, (message) => {
    if (message.end - message.body < 12 && message.type !== RTM.NEWNSID && message.type !== RTM.DELNSID) return;
    if (message.type === RTM.NEWNSID || message.type === RTM.DELNSID) {
      if (netns !== numbering.hostId) return;
      const number = nsidIn(view, message);
      const named = number === undefined ? undefined : numbering.byNsid.get(number);
      if (message.type === RTM.NEWNSID) pending.discover = true;
      else if (named !== undefined && number !== undefined) {
        pending.gone.add(named);
        numbering.byNsid.delete(number);
        pending.byNetns.delete(named);
      }
      return;
    }
    noteMessage(changesOf(pending, netns), view, bytes, message);
  });
};

/** NETNSA_NSID is the only attribute of these notices. */
const nsidIn = (view: DataView, message: Message): number | undefined =>
  message.end - message.body < 12 ? undefined : view.getInt32(message.body + 8, littleEndian);

export const noteRulesetPacket = (pending: PendingChanges, nsid: number | undefined, numbering: Numbering): void => {
  const netns = nsid === undefined || nsid < 0 ? numbering.hostId : numbering.byNsid.get(nsid);
  if (netns === undefined) pending.discover = true;
  else changesOf(pending, netns).lists.add('ruleset');
};
