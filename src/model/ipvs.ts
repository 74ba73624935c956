/** A virtual service of IPVS and the servers its packets are spread over, as /proc/net/ip_vs tells them. */

export interface IpvsServer {
  readonly address: string;
  /** 0: the port stays what it is. */
  readonly port: number;
  /** How packets get there: destination rewritten, sent to its MAC as they are, put into IP in IP, given to this netns itself. */
  readonly method: 'masq' | 'route' | 'tunnel' | 'local' | 'bypass';
  /** 0: no new connections. */
  readonly weight: number;
}

export interface IpvsService {
  /** Either the firewall mark that packets for it bear … */
  readonly mark?: number;
  /** … or where they are sent. */
  readonly proto?: 'tcp' | 'udp' | 'sctp';
  readonly address?: string;
  /** 0: every port, of a persistent service. */
  readonly port?: number;
  /** `rr`, `wrr`, `lc`, … */
  readonly scheduler: string;
  readonly servers: readonly IpvsServer[];
}
