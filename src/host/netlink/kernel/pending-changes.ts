/** What the kernel said has changed since we last told: link messages as they came, and which lists must be read again. */
import type { NetnsId } from '../../../model/ids.ts';
import type { NetnsPart } from '../../host.ts';
import { hasAttribute, littleEndian, readAttributes, readI32 } from '../wire/attributes.ts';
import { eachMessage, type Message, RTM } from '../wire/messages.ts';

export type Reread = Exclude<NetnsPart, 'links' | 'briefLinks' | 'sockets' | 'conntrack'>;

export interface NetnsChanges {
  /** ifindex → the link's last message, copied; undefined: it is gone. */
  readonly links: Map<number, Uint8Array | undefined>;
  /** Links of which the kernel did not tell all that changed (a port's state, a veth's peer): read each again. */
  readonly again: Set<number>;
  readonly lists: Set<Reread>;
}

export interface PendingChanges {
  readonly byNetns: Map<NetnsId, NetnsChanges>;
  /** Someone new: an nsid was given, or an event came from one we do not know. */
  discover: boolean;
  readonly gone: Set<NetnsId>;
  /** Netns that gave a number to another, or took one back. */
  readonly renumbered: Set<NetnsId>;
  /** Time to look at netns whose events nobody tells. */
  unheard: boolean;
  lost: boolean;
}

export const noChanges = (): PendingChanges => ({
  byNetns: new Map(),
  discover: false,
  gone: new Set(),
  renumbered: new Set(),
  unheard: false,
  lost: false,
});

export const hasChanges = (pending: PendingChanges): boolean =>
  pending.byNetns.size > 0 ||
  pending.discover ||
  pending.gone.size > 0 ||
  pending.renumbered.size > 0 ||
  pending.unheard ||
  pending.lost;

const changesOf = (pending: PendingChanges, netns: NetnsId): NetnsChanges => {
  const known = pending.byNetns.get(netns);
  if (known !== undefined) return known;
  const fresh: NetnsChanges = { links: new Map(), again: new Set(), lists: new Set() };
  pending.byNetns.set(netns, fresh);
  return fresh;
};

const AF_BRIDGE = 7;
const IFINFOMSG = 16;
const IFLA_LINK = 5;
const IFLA_LINK_NETNSID = 37;
const IFLA_NEW_NETNSID = 45;

/** Where a link's message was heard. */
interface Heard {
  readonly pending: PendingChanges;
  readonly numbering: Numbering;
  readonly netns: NetnsId;
}

/** ifi_change of a link that is new in its netns. */
const ALL_FLAGS = 0xffffffff;

/**
 * Of a pair the kernel announces the peer before it has one (veth_newlink), and says nothing at the other end when one moves to another
 * netns (dev_change_net_namespace). Reading a link again that has not changed does no harm.
 */
const notePeer = ({ pending, numbering, netns }: Heard, view: DataView, message: Message, gone: boolean): void => {
  const attributes = readAttributes(view, message.body + IFINFOMSG, message.end);
  const peer = readI32(attributes, IFLA_LINK);
  if (peer === undefined) return;
  if (peer === 0) {
    if (!gone) changesOf(pending, netns).again.add(view.getInt32(message.body + 4, littleEndian));
    return;
  }
  const came = !gone && view.getUint32(message.body + 12, littleEndian) === ALL_FLAGS;
  if (!came && !(gone && hasAttribute(attributes, IFLA_NEW_NETNSID))) return;
  const number = readI32(attributes, IFLA_LINK_NETNSID);
  // Numbers of another netns than the host are not known here; most veths have an end in the host.
  const where =
    number === undefined ? netns : netns === numbering.hostId ? numbering.byNsid.get(number) : numbering.hostId;
  if (where !== undefined) changesOf(pending, where).again.add(peer);
};

const noteLink = (heard: Heard, view: DataView, bytes: Uint8Array, message: Message): void => {
  const changes = changesOf(heard.pending, heard.netns);
  const ifindex = view.getInt32(message.body + 4, littleEndian);
  if (view.getUint8(message.body) === AF_BRIDGE) {
    // A port's STP state or flags; said in another shape than a link's own message.
    changes.again.add(ifindex);
    changes.lists.add('vlans');
    return;
  }
  const gone = message.type === RTM.DELLINK;
  changes.links.set(ifindex, gone ? undefined : bytes.slice(message.body - 16, message.end));
  notePeer(heard, view, message, gone);
  // IPv4 says nothing about routes that die, revive or lose their carrier with their link (fib_sync_down_dev, fib_sync_up).
  changes.lists.add('routes');
  // Without a change of flags it may be the MTU, which IPv6 keeps as a sysctl of its own; with one a bridge's multicast entries change untold.
  changes.lists.add(!gone && view.getUint32(message.body + 12, littleEndian) === 0 ? 'sysctls' : 'fdb');
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

const noteMessage = (heard: Heard, view: DataView, bytes: Uint8Array, message: Message): void => {
  const changes = changesOf(heard.pending, heard.netns);
  if (message.type === RTM.NEWLINK || message.type === RTM.DELLINK) noteLink(heard, view, bytes, message);
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
      pending.renumbered.add(netns);
      if (netns !== numbering.hostId) return;
      const number = nsidIn(view, message);
      const named = number === undefined ? undefined : numbering.byNsid.get(number);
      if (message.type === RTM.NEWNSID) pending.discover = true;
      else if (named !== undefined && number !== undefined) {
        pending.gone.add(named);
        numbering.byNsid.delete(number);
        pending.byNetns.delete(named);
        pending.renumbered.delete(named);
      }
      return;
    }
    noteMessage({ pending, numbering, netns }, view, bytes, message);
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
