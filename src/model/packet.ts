/** A packet as the kernel's rules can see it, and the connection it belongs to. */

export type Proto = 'tcp' | 'udp' | 'icmp' | 'icmpv6' | 'sctp' | number;

/** `NEW` for the first packet of a connection, `ESTABLISHED` for replies; INVALID also before conntrack has run (raw table). */
export type CtState = 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED';

export interface Packet {
  readonly family: 4 | 6;
  readonly src: string;
  readonly dst: string;
  readonly proto: Proto;
  /** Absent: any (an ephemeral port nobody chose). */
  readonly sport?: number;
  readonly dport?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  /** TCP flags set, default of a first packet: ['SYN']. */
  readonly tcpFlags?: readonly TcpFlag[];
  readonly ttl: number;
  readonly mark: number;
  /** DSCP+ECN byte. */
  readonly tos: number;
  /** Length of the IP packet in bytes. */
  readonly length: number;
  readonly dontFragment: boolean;
  /** Link the packet came in on; absent for locally made packets. */
  readonly in?: string;
  /** Link it will leave by; absent before routing. */
  readonly out?: string;
  /** Bridge ports, while a frame is (or was, on its way in) on a bridge. */
  readonly physin?: string;
  readonly physout?: string;
  readonly srcMac?: string;
  readonly dstMac?: string;
}

export type TcpFlag = 'FIN' | 'SYN' | 'RST' | 'PSH' | 'ACK' | 'URG' | 'ECE' | 'CWR';

/** Source and destination of one direction of a connection. */
export interface Tuple {
  readonly src: string;
  readonly dst: string;
  readonly proto: Proto;
  readonly sport?: number;
  readonly dport?: number;
}

/** A conntrack entry of one netns: what NAT has decided for this connection. */
export interface Connection {
  /** As the first packet came. */
  readonly original: Tuple;
  /** What a reply looks like when it arrives: the inverse of the translated original. */
  readonly reply: Tuple;
  readonly mark: number;
}
