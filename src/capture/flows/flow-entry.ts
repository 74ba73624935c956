/** What a flow table knows of a connection and of an address, and what it notices about single packets. */

export type PacketMark =
  | 'retransmission'
  | 'out of order'
  | 'duplicate ack'
  | 'zero window'
  | 'keep-alive'
  | 'reset'
  /** Bytes before it were never seen here: lost earlier, or not captured. */
  | 'gap before';

/** TCP as far as the captured packets tell; `mid-stream`: its handshake was not seen. */
export type TcpState = 'syn-sent' | 'syn-received' | 'established' | 'mid-stream' | 'closing' | 'closed' | 'reset';

export interface FlowEnd {
  readonly address: string;
  /** Absent where the protocol has none. ICMP echo: its id. */
  readonly port?: number;
}

export interface SideCounts {
  readonly packets: number;
  /** IP packets whole, link headers not counted; of frames without IP what is behind the link header. */
  readonly bytes: number;
  readonly retransmissions: number;
  readonly outOfOrder: number;
  readonly duplicateAcks: number;
  readonly zeroWindows: number;
  readonly resets: number;
}

export interface Rate {
  readonly bytesPerSecond: number;
  readonly packetsPerSecond: number;
}

export interface FlowEntry {
  /** The matcher's number where one counts. */
  readonly id: number;
  /** `tcp`, `udp`, `icmp`, `arp`, …. */
  readonly proto: string;
  /** Who sent the first packet seen (TCP: who asked, once that is known). */
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  readonly forward: SideCounts;
  readonly back: SideCounts;
  readonly first: bigint;
  readonly last: bigint;
  readonly state?: TcpState;
  /** Milliseconds from SYN to the ACK that ends the handshake. */
  readonly handshakeMs?: number;
  /** What it is about, where its first bytes say so: `api.example` (TLS SNI, HTTP Host), `A web` (DNS). Printable. */
  readonly label?: string;
  readonly rate: Rate;
}

export interface Talker {
  readonly address: string;
  readonly sent: { readonly packets: number; readonly bytes: number };
  readonly received: { readonly packets: number; readonly bytes: number };
  readonly flows: number;
  /** Sent and received together. */
  readonly rate: Rate;
}

/** What is said of one packet. */
export interface PacketNotes {
  readonly marks: readonly PacketMark[];
  /** First sequence numbers of its sender and of the other side, for relative numbers. */
  readonly tcpBase?: { readonly seq: number; readonly ack: number };
}
