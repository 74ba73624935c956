/** Connections as they begin, change and end in one netns: messages of ctnetlink (net/netfilter/nf_conntrack_netlink.c). */
import type { NetnsId } from '../../../model/ids.ts';
import { newPacketReader, openEventSocket } from '../../netlink/kernel/event-socket.ts';
import { close, errorName } from '../../netlink/kernel/libc.ts';
import { NETLINK } from '../../netlink/kernel/netlink-socket.ts';
import { ipv4Text, ipv6Text } from '../../netlink/wire/address-text.ts';
import {
  type Attributes,
  nestedAttributes,
  readAttributes,
  readBe16,
  readBe32,
  readBytes,
  readU8,
} from '../../netlink/wire/attributes.ts';
import { decodeMessages, type Message } from '../../netlink/wire/messages.ts';
import type { ConnectionEvent, FlowTuple } from '../watch-order.ts';
import type { Place } from './place-door.ts';

/** NFNLGRP_CONNTRACK_NEW, _UPDATE, _DESTROY. */
const groups = [1, 2, 3];
/** NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW, _DELETE. */
const types = [1 << 8, (1 << 8) | 2];
const NLM_F_CREATE = 0x400;
const genericHeader = 4;
const CTA = { original: 1, reply: 2, status: 3, protocol: 4 } as const;
const TUPLE = { ip: 1, proto: 2 } as const;
const IP = { src4: 1, dst4: 2, src6: 3, dst6: 4 } as const;
const PROTO = { number: 1, sport: 2, dport: 3 } as const;
const STATUS = { replied: 2, assured: 4 } as const;

/** enum tcp_conntrack. */
const tcpStates = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
];

const tupleOf = (attributes: Attributes): FlowTuple | undefined => {
  const ip = nestedAttributes(attributes, TUPLE.ip);
  const proto = nestedAttributes(attributes, TUPLE.proto);
  const number = readU8(proto, PROTO.number);
  const [src4, dst4] = [readBytes(ip, IP.src4), readBytes(ip, IP.dst4)];
  const [src6, dst6] = [readBytes(ip, IP.src6), readBytes(ip, IP.dst6)];
  const ends =
    src4 !== undefined && dst4 !== undefined
      ? ({ family: 4, src: ipv4Text(src4), dst: ipv4Text(dst4) } as const)
      : src6 !== undefined && dst6 !== undefined
        ? ({ family: 6, src: ipv6Text(src6), dst: ipv6Text(dst6) } as const)
        : undefined;
  if (ends === undefined || number === undefined) return undefined;
  const [sport, dport] = [readBe16(proto, PROTO.sport), readBe16(proto, PROTO.dport)];
  return {
    ...ends,
    proto: number,
    ...(sport === undefined ? {} : { sport }),
    ...(dport === undefined ? {} : { dport }),
  };
};

const decode = (netns: NetnsId, view: DataView, message: Message): ConnectionEvent | undefined => {
  const attributes = readAttributes(view, message.body + genericHeader, message.end);
  const original = tupleOf(nestedAttributes(attributes, CTA.original));
  const reply = tupleOf(nestedAttributes(attributes, CTA.reply));
  if (original === undefined || reply === undefined) return undefined;
  const status = readBe32(attributes, CTA.status) ?? 0;
  const state = readU8(nestedAttributes(nestedAttributes(attributes, CTA.protocol), 1), 1);
  const tcpState = state === undefined ? undefined : tcpStates[state];
  return {
    netns,
    what: message.type === types[1] ? 'destroy' : (message.flags & NLM_F_CREATE) !== 0 ? 'new' : 'update',
    original,
    reply,
    ...(tcpState === undefined ? {} : { tcpState }),
    replied: (status & STATUS.replied) !== 0,
    assured: (status & STATUS.assured) !== 0,
  };
};

export const decodeConnections = (netns: NetnsId, view: DataView, length: number): readonly ConnectionEvent[] =>
  decodeMessages(view, 0, length, types, (data, message) => decode(netns, data, message)).items;

export interface ConnectionListener {
  readonly netns: NetnsId;
  /** Takes what has arrived. True: events were lost. */
  drain(take: (event: ConnectionEvent) => void): boolean;
  close(): void;
}

export const listenToConnections = (place: Place): ConnectionListener | { readonly error: string } => {
  const opened = place.inside(() => openEventSocket(NETLINK.NETFILTER, groups));
  if (typeof opened === 'number') return { error: errorName(opened) };
  const reader = newPacketReader();
  return {
    netns: place.netns,
    drain: (take) => {
      for (;;) {
        const received = reader.receive(opened.fd);
        if (received.kind === 'nothing') return false;
        if (received.kind !== 'packet') return true;
        // LISTEN_ALL_NSID hears the others too; each of them has a socket of its own.
        if (received.nsid !== undefined) continue;
        for (const event of decodeConnections(place.netns, reader.view, received.length)) take(event);
      }
    },
    close: () => void close(opened.fd),
  };
};
