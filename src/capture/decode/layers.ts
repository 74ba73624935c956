/** A packet taken apart: its layers from the outside in, and the words of its one line. */

interface Located {
  /** Where this layer begins in the captured bytes, and its own header's length there. */
  readonly offset: number;
  readonly size: number;
}

export interface EthernetLayer extends Located {
  readonly kind: 'ethernet' | 'sll';
  readonly src: string;
  /** Absent in SLL headers, which have only one address. */
  readonly dst?: string;
  readonly etherType: number;
  /** SLL2 only. */
  readonly ifindex?: number;
  /** SLL: 0 to us, 1 broadcast, 2 multicast, 3 to others, 4 sent by us. */
  readonly packetType?: number;
}

export interface VlanLayer extends Located {
  readonly kind: 'vlan';
  readonly id: number;
  readonly priority: number;
  /** 0x8100 or 0x88a8 (QinQ's outer tag). */
  readonly tpid: number;
}

export interface ArpLayer extends Located {
  readonly kind: 'arp';
  readonly operation: number;
  readonly what: 'request' | 'reply' | 'probe' | 'announcement' | 'gratuitous reply' | 'other';
  readonly senderMac: string;
  readonly senderIp: string;
  readonly targetMac: string;
  readonly targetIp: string;
}

export interface IpLayer extends Located {
  readonly kind: 'ipv4' | 'ipv6';
  readonly src: string;
  readonly dst: string;
  /** Time to live or hop limit. */
  readonly ttl: number;
  readonly proto: number;
  /** Of the whole IP packet; 0 in the header (offloaded beyond 64 KiB) is given as the captured length. */
  readonly length: number;
  /** IPv4, or an IPv6 packet with a fragment header. */
  readonly id?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** In bytes; absent or 0: first or whole. */
  readonly fragmentOffset?: number;
  readonly tos: number;
  readonly options?: readonly string[];
}

export interface TcpLayer extends Located {
  readonly kind: 'tcp';
  readonly sport: number;
  readonly dport: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: readonly string[];
  /** As in the header: not scaled. */
  readonly window: number;
  readonly payloadLength: number;
  /** Only ports and perhaps `seq` were there: quoted by an error, or not captured whole. Everything else is 0. */
  readonly partial?: 'ports' | 'ports and seq';
  readonly mss?: number;
  readonly windowScale?: number;
  readonly sackPermitted?: boolean;
  readonly sack?: readonly (readonly [number, number])[];
  readonly timestamp?: readonly [value: number, echo: number];
}

export interface UdpLayer extends Located {
  readonly kind: 'udp';
  readonly sport: number;
  readonly dport: number;
  readonly payloadLength: number;
}

export interface SctpLayer extends Located {
  readonly kind: 'sctp';
  readonly sport: number;
  readonly dport: number;
  readonly tag: number;
  /** Names of the chunks, in order. */
  readonly chunks: readonly string[];
}

export interface IcmpLayer extends Located {
  readonly kind: 'icmp' | 'icmpv6';
  readonly type: number;
  readonly code: number;
  /** What type and code mean: `echo request`, `port unreachable`, `neighbour solicitation`. */
  readonly name: string;
  readonly id?: number;
  readonly seq?: number;
  /** Fragmentation needed, packet too big. */
  readonly mtu?: number;
  /** Redirect's gateway, neighbour discovery's target. */
  readonly target?: string;
  /** Link-layer address option of neighbour discovery. */
  readonly mac?: string;
  /** The packet an error is about, as far as it was quoted. */
  readonly original?: readonly Layer[];
}

export interface DnsQuestion {
  readonly name: string;
  readonly type: string;
}
export interface DnsRecord extends DnsQuestion {
  /** `10.0.0.2`, a name, or the record's length in words. */
  readonly data: string;
  readonly ttl: number;
}
export interface DnsLayer extends Located {
  readonly kind: 'dns';
  readonly id: number;
  readonly response: boolean;
  /** `NOERROR`, `NXDOMAIN`, …; responses only. */
  readonly rcode?: string;
  readonly opcode: number;
  readonly truncatedAnswer: boolean;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly answerCount: number;
  /** The name service it belongs to when it is not plain DNS. */
  readonly service?: 'mDNS' | 'LLMNR';
}

export interface DhcpLayer extends Located {
  readonly kind: 'dhcp';
  /** `discover`, `offer`, `request`, `ack` …; BOOTP without the option: `request`/`reply`. */
  readonly message: string;
  readonly transaction: number;
  readonly clientMac: string;
  readonly yourIp?: string;
  readonly requestedIp?: string;
  readonly serverId?: string;
  readonly router?: string;
  readonly hostname?: string;
}

export interface TunnelLayer extends Located {
  readonly kind: 'vxlan' | 'geneve' | 'gre' | 'ipip';
  /** VNI, or GRE's key. */
  readonly id?: number;
}

export interface HttpLayer extends Located {
  readonly kind: 'http';
  /** Request or status line. */
  readonly line: string;
  readonly host?: string;
}

export interface TlsLayer extends Located {
  readonly kind: 'tls';
  /** `ClientHello`, `ServerHello`, `Alert`, `Application data`, `ChangeCipherSpec`, `Handshake`. */
  readonly record: string;
  /** `TLS 1.3`: what is offered at best or chosen, not the record's own legacy number. */
  readonly version: string;
  readonly serverName?: string;
  readonly protocols?: readonly string[];
  /** `fatal handshake failure`. */
  readonly alert?: string;
}

/** What is left: payload nobody takes apart, or a protocol without a decoder. */
export interface DataLayer extends Located {
  readonly kind: 'data';
  readonly what: string;
}

export type Layer =
  | EthernetLayer
  | VlanLayer
  | ArpLayer
  | IpLayer
  | TcpLayer
  | UdpLayer
  | SctpLayer
  | IcmpLayer
  | DnsLayer
  | DhcpLayer
  | TunnelLayer
  | HttpLayer
  | TlsLayer
  | DataLayer;

/** Words, and addresses that may be shown as names instead. */
export type TextPart = string | { readonly address: string };

/** The parts of a one-liner. Text from the network in it is printable. */
export interface PacketSummary {
  /** Innermost protocol in capitals: `TCP`, `DNS`, `ARP`, `ICMP`, `TLS`; with what it travels in: `DNS in VXLAN 42`. */
  readonly proto: string;
  /** IP address, or MAC where there is no IP; of the innermost packet. Empty where it is cut off. */
  readonly src: string;
  readonly dst: string;
  readonly sport?: number;
  readonly dport?: number;
  readonly info: readonly TextPart[];
}

export interface DecodedPacket {
  readonly layers: readonly Layer[];
  /** The capture holds fewer bytes than a header or message needed, or the packet itself ends too early. */
  readonly cut?: string;
  /** Worked out on first use. */
  readonly summary: PacketSummary;
}
