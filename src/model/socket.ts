/** A socket that waits for packets. */

export interface Socket {
  readonly proto: 'tcp' | 'udp' | 'sctp' | 'udplite' | 'raw';
  readonly family: 'inet' | 'inet6';
  /** Canonical address; `0.0.0.0` and `::` are the wildcards. */
  readonly local: string;
  readonly port: number;
  /** Link the socket is bound to (SO_BINDTODEVICE), where known. */
  readonly dev?: string;
  /** An IPv6 wildcard socket that takes no IPv4. Absent: unknown. */
  readonly v6only?: boolean;
  readonly inode: number;
  /** Who has it open; several after a fork; [] when nobody visible does (kernel sockets such as vxlan's). */
  readonly processes: readonly { readonly pid: number; readonly comm: string; readonly cmdline?: string }[];
}
