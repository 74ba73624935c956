/** One packet of each kind that is taken apart, with the one line it comes to. */
import {
  arp,
  clientHello,
  dnsAnswer,
  dnsQuery,
  echo,
  ethernet,
  geneve,
  gre,
  hex,
  icmp,
  icmpFrame,
  ipv4,
  ipv6,
  macs,
  tagged,
  tcp,
  tcpFrame,
  text,
  udp,
  udpFrame,
  vxlan,
} from './packets.ts';

const ends = { src: '172.17.0.2', dst: '172.17.0.3' } as const;
const back = { src: '172.17.0.3', dst: '172.17.0.2' } as const;
const six = { src: 'fd00::2', dst: 'fd00::3' } as const;

const pinged = ipv4({ ...ends, proto: 1, id: 7 }, echo(8, 9, 1));
const dhcpDiscover = (() => {
  const message = new Uint8Array(256);
  message.set(hex('01010600aabbccdd'));
  message.set(hex('02000000000a'), 28);
  message.set(hex('63825363 350101 3204ac110005 0c03617070 ff'), 236);
  return message;
})();

export interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly linkType?: number;
  /** `SRC → DST PROTO info`. */
  readonly line: string;
}

export const samples: readonly Sample[] = [
  {
    name: 'an ARP question',
    bytes: arp(1, '172.17.0.2', '172.17.0.1'),
    line: '172.17.0.2 → 172.17.0.1 ARP who has 172.17.0.1? tell 172.17.0.2',
  },
  {
    name: 'an ARP answer',
    bytes: arp(2, '172.17.0.1', '172.17.0.2', macs.b),
    line: '172.17.0.1 → 172.17.0.2 ARP 172.17.0.1 is at 02:00:00:00:00:0b',
  },
  {
    name: 'an ARP probe',
    bytes: arp(1, '0.0.0.0', '172.17.0.9'),
    line: '0.0.0.0 → 172.17.0.9 ARP who has 172.17.0.9? (probe)',
  },
  {
    name: 'an ARP announcement',
    bytes: arp(1, '172.17.0.9', '172.17.0.9'),
    line: '172.17.0.9 → 172.17.0.9 ARP 172.17.0.9 is at 02:00:00:00:00:0a (announcement)',
  },
  {
    name: 'a gratuitous ARP reply',
    bytes: arp(2, '172.17.0.9', '172.17.0.9'),
    line: '172.17.0.9 → 172.17.0.9 ARP 172.17.0.9 is at 02:00:00:00:00:0a (gratuitous)',
  },
  {
    name: 'a TCP SYN with its options',
    bytes: tcpFrame(ends, { options: hex('020405b4 0402 080a 00000001 00000000 01 030307') }),
    line: '172.17.0.2:40000 → 172.17.0.3:80 TCP [S] seq 1000 win 64240 mss 1460 wscale 7 len 0',
  },
  {
    name: 'a selective acknowledgement',
    bytes: tcpFrame(ends, { flags: '.', seq: 5, ack: 9, options: hex('0101 050a 00000010 00000020') }),
    line: '172.17.0.2:40000 → 172.17.0.3:80 TCP [.] seq 5 ack 9 win 64240 sack 16-32 len 0',
  },
  {
    name: 'an HTTP request',
    bytes: tcpFrame(ends, { flags: 'P.' }, text('GET /x HTTP/1.1\r\nAccept: */*\r\nHost: web.example\r\n\r\n')),
    line: '172.17.0.2:40000 → 172.17.0.3:80 HTTP GET /x HTTP/1.1 (web.example)',
  },
  {
    name: 'an HTTP answer on any port',
    bytes: tcpFrame(back, { sport: 3000, flags: 'P.' }, text('HTTP/1.1 404 Not Found\r\n\r\n')),
    line: '172.17.0.3:3000 → 172.17.0.2:80 HTTP HTTP/1.1 404 Not Found',
  },
  {
    name: 'a TLS ClientHello',
    bytes: tcpFrame(ends, { dport: 443, flags: 'P.' }, clientHello('api.example')),
    line: '172.17.0.2:40000 → 172.17.0.3:443 TLS ClientHello TLS 1.3 SNI api.example',
  },
  {
    name: 'a TLS alert',
    bytes: tcpFrame(back, { flags: 'P.' }, hex('15030300020228')),
    line: '172.17.0.3:40000 → 172.17.0.2:80 TLS Alert TLS 1.2 fatal handshake failure',
  },
  {
    name: 'plain UDP',
    bytes: udpFrame(ends, 1000, 2000, text('x')),
    line: '172.17.0.2:1000 → 172.17.0.3:2000 UDP len 1',
  },
  {
    name: 'a DNS question',
    bytes: udpFrame(ends, 40_000, 53, dnsQuery(0x1a2b, 'db.app', 28)),
    line: '172.17.0.2:40000 → 172.17.0.3:53 DNS query 0x1a2b AAAA db.app',
  },
  {
    name: "a DNS answer of Docker's resolver, from the port lo sees",
    bytes: udpFrame(
      { src: '127.0.0.11', dst: '127.0.0.1' },
      38_123,
      40_000,
      dnsAnswer(7, 'db', ['172.18.0.4', '172.18.0.5']),
    ),
    line: '127.0.0.11:38123 → 127.0.0.1:40000 DNS answer 0x0007 A db = 172.18.0.4, 172.18.0.5',
  },
  {
    name: 'a name nobody has',
    bytes: udpFrame(back, 53, 40_000, dnsAnswer(7, 'nope', [], 3)),
    line: '172.17.0.3:53 → 172.17.0.2:40000 DNS answer 0x0007 NXDOMAIN A nope',
  },
  {
    name: 'a DHCP discover',
    bytes: udpFrame({ src: '0.0.0.0', dst: '255.255.255.255' }, 68, 67, dhcpDiscover),
    line: '0.0.0.0:68 → 255.255.255.255:67 DHCP discover from 02:00:00:00:00:0a 172.17.0.5 "app"',
  },
  {
    name: 'a ping',
    bytes: icmpFrame(ends, echo(8, 9, 1)),
    line: '172.17.0.2 → 172.17.0.3 ICMP echo request id 9 seq 1',
  },
  {
    name: 'fragmentation needed',
    bytes: icmpFrame(back, icmp(3, 4, 1400, pinged)),
    line: '172.17.0.3 → 172.17.0.2 ICMP fragmentation needed mtu 1400 for 172.17.0.2 → 172.17.0.3 ICMP',
  },
  {
    name: 'port unreachable with what it is about',
    bytes: icmpFrame(back, icmp(3, 3, 0, ipv4({ ...ends, proto: 17 }, udp(40_000, 53, dnsQuery(1, 'db'))))),
    line: '172.17.0.3 → 172.17.0.2 ICMP port unreachable for 172.17.0.2:40000 → 172.17.0.3:53 DNS',
  },
  {
    name: 'an IPv6 ping',
    bytes: ethernet(0x86dd, ipv6(six.src, six.dst, 58, echo(128, 1, 2))),
    line: 'fd00::2 → fd00::3 ICMPv6 echo request id 1 seq 2',
  },
  {
    name: 'a neighbour solicitation',
    bytes: ethernet(
      0x86dd,
      ipv6(
        six.src,
        'ff02::1:ff00:3',
        58,
        icmp(135, 0, 0, hex('fd000000000000000000000000000003 0101 02000000000a')),
        255,
      ),
    ),
    line: 'fd00::2 → ff02::1:ff00:3 ICMPv6 neighbour solicitation fd00::3 from 02:00:00:00:00:0a',
  },
  {
    name: 'packet too big',
    bytes: ethernet(0x86dd, ipv6(six.dst, six.src, 58, icmp(2, 0, 1280, ipv6(six.src, six.dst, 6, tcp({}))))),
    line: 'fd00::3 → fd00::2 ICMPv6 packet too big mtu 1280 for fd00::2:40000 → fd00::3:80 TCP',
  },
  {
    name: 'TCP behind IPv6 options',
    bytes: ethernet(
      0x86dd,
      ipv6(six.src, six.dst, 0, new Uint8Array([...hex('3c00010400000000 0600010400000000'), ...tcp({})])),
    ),
    line: '[fd00::2]:40000 → [fd00::3]:80 TCP [S] seq 1000 win 64240 len 0',
  },
  {
    name: 'a later fragment',
    bytes: ethernet(0x0800, ipv4({ ...ends, proto: 17, id: 77, offset: 1480 }, text('rest of it'))),
    line: '172.17.0.2 → 172.17.0.3 UDP fragment 1480+10 of id 77 (last)',
  },
  {
    name: 'a first fragment',
    bytes: ethernet(0x0800, ipv4({ ...ends, proto: 17, id: 77, more: true }, udp(1, 2, text('12345678')))),
    line: '172.17.0.2:1 → 172.17.0.3:2 UDP len 8',
  },
  {
    name: 'SCTP',
    bytes: ethernet(
      0x0800,
      ipv4({ ...ends, proto: 132 }, hex('0bb80050000000000000000001000014000000010000ffff000a000a00000001')),
    ),
    line: '172.17.0.2:3000 → 172.17.0.3:80 SCTP INIT',
  },
  {
    name: 'a tagged frame',
    bytes: tagged(20, 0x0800, pinged),
    line: '172.17.0.2 → 172.17.0.3 ICMP echo request id 9 seq 1',
  },
  {
    name: 'QinQ',
    bytes: tagged(20, 0x8100, new Uint8Array([0, 7, 8, 0, ...pinged]), 0x88a8),
    line: '172.17.0.2 → 172.17.0.3 ICMP echo request id 9 seq 1',
  },
  {
    name: 'VXLAN',
    bytes: ethernet(0x0800, ipv4({ src: '10.0.0.1', dst: '10.0.0.2', proto: 17 }, vxlan(42, ethernet(0x0800, pinged)))),
    line: '172.17.0.2 → 172.17.0.3 ICMP in VXLAN 42 echo request id 9 seq 1',
  },
  {
    name: 'Geneve',
    bytes: ethernet(0x0800, ipv4({ src: '10.0.0.1', dst: '10.0.0.2', proto: 17 }, geneve(9, ethernet(0x0800, pinged)))),
    line: '172.17.0.2 → 172.17.0.3 ICMP in GENEVE 9 echo request id 9 seq 1',
  },
  {
    name: 'GRE with a key',
    bytes: ethernet(0x0800, ipv4({ src: '10.0.0.1', dst: '10.0.0.2', proto: 47 }, gre(0x0800, pinged, 77))),
    line: '172.17.0.2 → 172.17.0.3 ICMP in GRE 77 echo request id 9 seq 1',
  },
  {
    name: 'GRE that carries Ethernet',
    bytes: ethernet(
      0x0800,
      ipv4({ src: '10.0.0.1', dst: '10.0.0.2', proto: 47 }, gre(0x6558, ethernet(0x0800, pinged))),
    ),
    line: '172.17.0.2 → 172.17.0.3 ICMP in GRE echo request id 9 seq 1',
  },
  {
    name: 'IP in IP',
    bytes: ethernet(0x0800, ipv4({ src: '10.0.0.1', dst: '10.0.0.2', proto: 4 }, pinged)),
    line: '172.17.0.2 → 172.17.0.3 ICMP in IPIP echo request id 9 seq 1',
  },
  { name: 'raw IP', bytes: pinged, linkType: 101, line: '172.17.0.2 → 172.17.0.3 ICMP echo request id 9 seq 1' },
  {
    name: 'a cooked capture',
    bytes: new Uint8Array([...hex('0004 0001 0006 02000000000a 0000 0800'), ...pinged]),
    linkType: 113,
    line: '172.17.0.2 → 172.17.0.3 ICMP echo request id 9 seq 1',
  },
  {
    name: 'a cooked capture, second kind',
    bytes: new Uint8Array([...hex('0800 0000 00000007 0001 04 06 02000000000a 0000'), ...pinged]),
    linkType: 276,
    line: '172.17.0.2 → 172.17.0.3 ICMP echo request id 9 seq 1',
  },
  {
    name: 'a BSD loopback',
    bytes: new Uint8Array([...hex('02000000'), ...pinged]),
    linkType: 0,
    line: '172.17.0.2 → 172.17.0.3 ICMP echo request id 9 seq 1',
  },
  {
    name: 'spanning tree',
    bytes: ethernet(0x0026, hex('424203000000000000')),
    line: '02:00:00:00:00:0a → 02:00:00:00:00:0b STP 9 bytes',
  },
  {
    name: 'ESP',
    bytes: ethernet(0x0800, ipv4({ ...ends, proto: 50 }, hex('0000abcd00000001'))),
    line: '172.17.0.2 → 172.17.0.3 ESP SPI 0xabcd 8 bytes',
  },
];
