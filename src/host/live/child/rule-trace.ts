/** Listens to the rule trace of one netns. One socket in each: what arrives needs no nsid to be told apart. */
import type { NetnsId } from '../../../model/ids.ts';
import { newPacketReader, openEventSocket } from '../../netlink/kernel/event-socket.ts';
import { close, errorName } from '../../netlink/kernel/libc.ts';
import { NETLINK } from '../../netlink/kernel/netlink-socket.ts';
import type { RuleEvent } from '../live-order.ts';
import { decodeRuleEvents } from './decode-rule-event.ts';
import type { Place } from './place-door.ts';

/** NFNLGRP_NFTRACE. */
const traceGroup = 9;
/** Messages about other flows that share our port end here, too. */
const eventLimit = 20_000;

export interface RuleTrace {
  readonly netns: NetnsId;
  /** Takes what has arrived. True: events were lost. */
  drain(into: RuleEvent[]): boolean;
  close(): void;
}

export const listenToRules = (place: Place): RuleTrace | { readonly error: string } => {
  const opened = place.inside(() => openEventSocket(NETLINK.NETFILTER, [traceGroup]));
  if (typeof opened === 'number') return { error: errorName(opened) };
  const reader = newPacketReader();
  return {
    netns: place.netns,
    drain: (into) => {
      for (;;) {
        const received = reader.receive(opened.fd);
        if (received.kind === 'nothing') return false;
        if (received.kind === 'lost' || into.length > eventLimit) return true;
        if (received.kind === 'failed') return true;
        // LISTEN_ALL_NSID hears the others too; each of them has a socket of its own.
        if (received.nsid !== undefined) continue;
        into.push(...decodeRuleEvents(place.netns, reader.view, received.length));
      }
    },
    close: () => void close(opened.fd),
  };
};
