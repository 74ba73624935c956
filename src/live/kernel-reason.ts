/** What the kernel's drop reasons (include/net/dropreason-core.h) mean for a packet, in the words of outcomes. */
import type { KernelEvent } from '../host/live/live-order.ts';
import type { Outcome } from '../trace/trace.ts';

export interface KernelReason {
  readonly outcome: Exclude<Outcome, 'delivered' | 'unknown'>;
  readonly words: string;
}

const reasons: Readonly<Record<string, KernelReason>> = {
  NETFILTER_DROP: { outcome: 'dropped', words: 'a rule drops it' },
  NO_SOCKET: { outcome: 'no-listener', words: 'no socket takes it' },
  IP_RPFILTER: { outcome: 'dropped', words: 'the way back to its source is another link (rp_filter)' },
  IP_INNOROUTES: { outcome: 'no-route', words: 'no route leads on' },
  IP_OUTNOROUTES: { outcome: 'no-route', words: 'no route leads out' },
  IP_INADDRERRORS: { outcome: 'dropped', words: 'it is not for here and is not forwarded' },
  IP_INVALID_SOURCE: { outcome: 'dropped', words: 'its source address is impossible' },
  IP_INVALID_DEST: { outcome: 'dropped', words: 'its destination address is impossible' },
  IP_LOCAL_SOURCE: { outcome: 'dropped', words: 'its source address is one of this netns itself' },
  IP_LOCALNET: { outcome: 'dropped', words: 'a loopback address came in by another link (route_localnet)' },
  IP_INHDR: { outcome: 'dropped', words: 'its header does not pass (time to live, length)' },
  PKT_TOO_BIG: { outcome: 'dropped', words: 'it is larger than the link takes' },
  NEIGH_FAILED: { outcome: 'no-neighbour', words: 'nobody answers for its next hop' },
  NEIGH_CREATEFAIL: { outcome: 'no-neighbour', words: 'the neighbour table takes no more entries' },
  NEIGH_QUEUEFULL: { outcome: 'no-neighbour', words: 'it waited too long for a neighbour' },
  BRIDGE_INGRESS_STP_STATE: { outcome: 'dropped', words: 'its bridge port does not forward' },
  BRIDGE_NO_EGRESS_PORT: { outcome: 'dropped', words: 'no bridge port may take it' },
  LOCAL_MAC: { outcome: 'dropped', words: 'its hardware address is one of the bridge itself' },
  VLAN_FILTER: { outcome: 'dropped', words: 'its bridge port does not take that VLAN' },
  XFRM_POLICY: { outcome: 'dropped', words: 'an IPsec policy forbids it' },
  TC_INGRESS: { outcome: 'dropped', words: 'a traffic control filter drops it' },
  TC_EGRESS: { outcome: 'dropped', words: 'a traffic control filter drops it' },
  QDISC_DROP: { outcome: 'dropped', words: 'the queueing discipline drops it' },
  DEV_READY: { outcome: 'dropped', words: 'the link is not ready' },
  TCP_OVERWINDOW: { outcome: 'dropped', words: 'it is outside of the TCP window' },
};

/** Losses the kernel gives no reason for, by the function that drops. */
const places: Readonly<Record<string, KernelReason>> = {
  ip_error: { outcome: 'dropped', words: 'its route discards it (blackhole)' },
  br_handle_frame_finish: { outcome: 'dropped', words: 'its bridge does not pass it on' },
  ____dev_forward_skb: { outcome: 'dropped', words: 'the other end of its link is down, or takes no frames so large' },
  __dev_forward_skb2: { outcome: 'dropped', words: 'the other end of its link is down, or takes no frames so large' },
  veth_xmit: { outcome: 'dropped', words: 'the other end of its veth is down, or takes no frames so large' },
  br_dev_queue_push_xmit: { outcome: 'dropped', words: 'its bridge port takes no frames so large' },
  br_handle_frame: { outcome: 'dropped', words: 'its bridge port does not forward' },
  __br_forward: { outcome: 'dropped', words: 'its bridge port may not take it' },
  br_flood: { outcome: 'dropped', words: 'no bridge port may take it' },
  br_forward: { outcome: 'dropped', words: 'its bridge port may not take it' },
};

/** Reasons that say more with the function they come from. */
const exact: Readonly<Record<string, KernelReason>> = {
  'IP_INHDR ip_forward': { outcome: 'loop', words: 'its time to live is over' },
  'IP_INHDR ip6_forward': { outcome: 'loop', words: 'its hop limit is over' },
  'PKT_TOO_BIG ip_forward': { outcome: 'dropped', words: 'it is larger than the link it should leave by takes' },
};

/** undefined: nothing is known of such a drop but what the kernel calls it. */
export const explainDrop = (reason: string | undefined, location: string): KernelReason | undefined =>
  reason === undefined || reason === 'NOT_SPECIFIED'
    ? places[location]
    : (exact[`${reason} ${location}`] ?? reasons[reason]);

export interface KernelDrop extends KernelReason {
  readonly reason: string;
  readonly location: string;
  /** Where the frame was seen last, by the name of its link. */
  readonly after?: string;
}

/** The last loss with a known reason. Others are noise: flooded copies (OTHERHOST), queues that are emptied, sockets that close. */
export const findKernelDrop = (events: readonly KernelEvent[] | undefined): KernelDrop | undefined => {
  const links = new Map<string, string>();
  let found: KernelDrop | undefined;
  for (const event of events ?? []) {
    if (event.kind !== 'drop') {
      links.set(event.skb, event.ifname);
      continue;
    }
    const reason = explainDrop(event.reason, event.location);
    const after = links.get(event.skb);
    if (reason !== undefined && event.location !== 'ping_rcv')
      found = { ...reason, reason: event.reason, location: event.location, ...(after === undefined ? {} : { after }) };
  }
  return found;
};
