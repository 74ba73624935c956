/** A capture filter as data: the part of pcap-filter(7) that is in daily use. */

export type FilterSide = 'src' | 'dst' | 'both' | 'either';
export type Transport = 'tcp' | 'udp' | 'sctp';

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly of: Filter }
  /** An ethertype: ip, ip6, arp, rarp. */
  | { readonly kind: 'ether-type'; readonly type: number }
  /** An IP protocol number in IPv4, IPv6 or both. */
  | { readonly kind: 'protocol'; readonly protocol: number; readonly families: readonly (4 | 6)[] }
  /** Addresses of IP packets; of IPv4 also in ARP and RARP, unless `ipOnly`. */
  | {
      readonly kind: 'net';
      readonly side: FilterSide;
      readonly family: 4 | 6;
      readonly address: bigint;
      readonly length: number;
      readonly only?: 'ip' | 'arp' | 'rarp';
    }
  | { readonly kind: 'mac'; readonly side: FilterSide; readonly mac: readonly number[] }
  | {
      readonly kind: 'ports';
      readonly side: FilterSide;
      readonly from: number;
      readonly to: number;
      readonly transports: readonly Transport[];
      readonly families: readonly (4 | 6)[];
    }
  /** Length of the frame. */
  | { readonly kind: 'length'; readonly atMost?: number; readonly atLeast?: number };

export const etherTypes = { ip: 0x0800, arp: 0x0806, rarp: 0x8035, ip6: 0x86dd } as const;

/** Names libpcap takes without a word before them. */
export const protocolNames: Readonly<
  Record<string, { readonly protocol: number; readonly families: readonly (4 | 6)[] }>
> = {
  tcp: { protocol: 6, families: [4, 6] },
  udp: { protocol: 17, families: [4, 6] },
  sctp: { protocol: 132, families: [4, 6] },
  icmp: { protocol: 1, families: [4] },
  icmp6: { protocol: 58, families: [6] },
  igmp: { protocol: 2, families: [4] },
  pim: { protocol: 103, families: [4, 6] },
  vrrp: { protocol: 112, families: [4] },
  esp: { protocol: 50, families: [4, 6] },
  ah: { protocol: 51, families: [4, 6] },
};

/** A few of /etc/services: which the machine need not have. */
export const portNames: Readonly<Record<string, number>> = {
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  http: 80,
  ntp: 123,
  snmp: 161,
  bgp: 179,
  https: 443,
};
