/** Names that stand for numbers in rules, per kind of value (nft describe, /etc/protocols, linux uapi headers). */

export type Symbols = Readonly<Record<string, number>>;

export const protocolNumbers: Symbols = {
  ip: 0,
  icmp: 1,
  igmp: 2,
  ggp: 3,
  ipencap: 4,
  ipip: 4,
  st: 5,
  tcp: 6,
  egp: 8,
  igp: 9,
  pup: 12,
  udp: 17,
  hmp: 20,
  'xns-idp': 22,
  rdp: 27,
  'iso-tp4': 29,
  dccp: 33,
  xtp: 36,
  ddp: 37,
  'idpr-cmtp': 38,
  ipv6: 41,
  'ipv6-route': 43,
  'ipv6-frag': 44,
  idrp: 45,
  rsvp: 46,
  gre: 47,
  esp: 50,
  'ipsec-esp': 50,
  ah: 51,
  'ipsec-ah': 51,
  skip: 57,
  'ipv6-icmp': 58,
  icmpv6: 58,
  icmp6: 58,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  rspf: 73,
  vmtp: 81,
  eigrp: 88,
  ospf: 89,
  ospfigp: 89,
  'ax.25': 93,
  etherip: 97,
  encap: 98,
  pim: 103,
  ipcomp: 108,
  comp: 108,
  vrrp: 112,
  l2tp: 115,
  isis: 124,
  sctp: 132,
  fc: 133,
  'mobility-header': 135,
  'ipv6-mh': 135,
  udplite: 136,
  'mpls-in-ip': 137,
  manet: 138,
  shim6: 140,
  wesp: 141,
  rohc: 142,
  mptcp: 262,
}; // prettier-ignore

export const etherTypes: Symbols = {
  ip: 0x800,
  arp: 0x806,
  ip6: 0x86dd,
  '8021q': 0x8100,
  vlan: 0x8100,
  '8021ad': 0x88a8,
};
export const nfProtocols: Symbols = { unspec: 0, inet: 1, ipv4: 2, arp: 3, netdev: 5, bridge: 7, ipv6: 10 };
export const packetTypes: Symbols = { host: 0, unicast: 0, broadcast: 1, multicast: 2, other: 3 };

export const icmpTypes: Symbols = {
  'echo-reply': 0,
  'destination-unreachable': 3,
  'source-quench': 4,
  redirect: 5,
  'echo-request': 8,
  'router-advertisement': 9,
  'router-solicitation': 10,
  'time-exceeded': 11,
  'parameter-problem': 12,
  'timestamp-request': 13,
  'timestamp-reply': 14,
  'info-request': 15,
  'info-reply': 16,
  'address-mask-request': 17,
  'address-mask-reply': 18,
}; // prettier-ignore

export const icmpCodes: Symbols = {
  'net-unreachable': 0,
  'host-unreachable': 1,
  'prot-unreachable': 2,
  'port-unreachable': 3,
  'frag-needed': 4,
  'net-prohibited': 9,
  'host-prohibited': 10,
  'admin-prohibited': 13,
}; // prettier-ignore

export const icmpv6Types: Symbols = {
  'destination-unreachable': 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
  'echo-request': 128,
  'echo-reply': 129,
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
  'mld-listener-reduction': 132,
  'nd-router-solicit': 133,
  'nd-router-advert': 134,
  'nd-neighbor-solicit': 135,
  'nd-neighbor-advert': 136,
  'nd-redirect': 137,
  'router-renumbering': 138,
  'ind-neighbor-solicit': 141,
  'ind-neighbor-advert': 142,
  'mld2-listener-report': 143,
}; // prettier-ignore

export const icmpv6Codes: Symbols = {
  'no-route': 0,
  'admin-prohibited': 1,
  'addr-unreachable': 3,
  'port-unreachable': 4,
  'policy-fail': 5,
  'reject-route': 6,
}; // prettier-ignore

export const tcpFlagBits: Symbols = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ecn: 64, ece: 64, cwr: 128 };

/** snat and dnat are iptables' virtual states, read from the status (xt_conntrack). */
export const ctStates: Symbols = {
  invalid: 1,
  established: 2,
  related: 4,
  new: 8,
  untracked: 64,
  snat: 0x10000,
  dnat: 0x20000,
}; // prettier-ignore

export const ctStatusBits: Symbols = {
  expected: 1,
  'seen-reply': 2,
  assured: 4,
  confirmed: 8,
  snat: 0x10,
  dnat: 0x20,
  'seq-adjust': 0x40,
  dying: 0x200,
  'fixed-timeout': 0x400,
  template: 0x800,
  helper: 0x2000,
  offload: 0x4000,
  'hw-offload': 0x8000,
}; // prettier-ignore

export const ctDirections: Symbols = { original: 0, reply: 1 };

/** In the kernel's numbering (RTN_*). */
export const addressTypes: Symbols = {
  unspec: 0,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
  nat: 10,
  xresolve: 11,
}; // prettier-ignore

export const dscpClasses: Symbols = {
  cs0: 0,
  cs1: 8,
  le: 1,
  cs2: 16,
  cs3: 24,
  cs4: 32,
  cs5: 40,
  cs6: 48,
  cs7: 56,
  df: 0,
  be: 0,
  ef: 46,
  va: 44,
  'voice-admit': 44,
  af11: 10,
  af12: 12,
  af13: 14,
  af21: 18,
  af22: 20,
  af23: 22,
  af31: 26,
  af32: 28,
  af33: 30,
  af41: 34,
  af42: 36,
  af43: 38,
}; // prettier-ignore

export const ecnBits: Symbols = { 'not-ect': 0, ect1: 1, ect0: 2, ce: 3 };
