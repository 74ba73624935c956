/** The one line of a packet: its innermost protocol, who talks to whom, and what is said. */
import { nameProtocol } from './decode-transport.ts';
import type {
  ArpLayer,
  DhcpLayer,
  DnsLayer,
  EthernetLayer,
  IcmpLayer,
  IpLayer,
  Layer,
  PacketSummary,
  SctpLayer,
  TcpLayer,
  TextPart,
  TlsLayer,
  UdpLayer,
} from './layers.ts';

export interface SummaryContext {
  /** What the capture lacks of the packet; said at the end of the line. */
  readonly cut?: string;
  /** First sequence numbers of the connection, of the sender and of the other side, for relative numbers. */
  readonly tcpBase?: { readonly seq: number; readonly ack: number };
  /** `retransmission`, `out of order`: said first. */
  readonly marks?: readonly string[];
}

type Said = Pick<PacketSummary, 'proto' | 'info'>;

const flagLetters: Readonly<Record<string, string>> = {
  SYN: 'S',
  FIN: 'F',
  RST: 'R',
  PSH: 'P',
  ACK: '.',
  URG: 'U',
  ECE: 'E',
  CWR: 'W',
};

/** As tcpdump writes them: `S`, `S.`, `P.`. */
export const flagText = (flags: readonly string[]): string =>
  ['SYN', 'FIN', 'RST', 'PSH', 'URG', 'ECE', 'CWR', 'ACK']
    .filter((flag) => flags.includes(flag))
    .map((flag) => flagLetters[flag])
    .join('');

const relative = (value: number, base: number | undefined): number =>
  base === undefined ? value : (value - base) >>> 0;

const tcpOptions = (tcp: TcpLayer, base: SummaryContext['tcpBase']): string => {
  const blocks = tcp.sack?.map(([from, to]) => `${relative(from, base?.ack)}-${relative(to, base?.ack)}`) ?? [];
  return [
    ...(tcp.mss === undefined ? [] : [` mss ${tcp.mss}`]),
    ...(tcp.windowScale === undefined ? [] : [` wscale ${tcp.windowScale}`]),
    ...(blocks.length === 0 ? [] : [` sack ${blocks.join(' ')}`]),
  ].join('');
};

const sayTcp = (tcp: TcpLayer, { tcpBase }: SummaryContext): string => {
  const seq = relative(tcp.seq, tcpBase?.seq);
  if (tcp.partial !== undefined) return tcp.partial === 'ports' ? '' : `seq ${seq}`;
  const range = tcp.payloadLength > 0 ? `${seq}:${seq + tcp.payloadLength}` : `${seq}`;
  const ack = tcp.flags.includes('ACK') ? ` ack ${relative(tcp.ack, tcpBase?.ack)}` : '';
  return `[${flagText(tcp.flags) || 'none'}] seq ${range}${ack} win ${tcp.window}${tcpOptions(tcp, tcpBase)} len ${tcp.payloadLength}`;
};

const sayArp = (arp: ArpLayer): readonly TextPart[] => {
  const target = { address: arp.targetIp };
  const sender = { address: arp.senderIp };
  switch (arp.what) {
    case 'request':
      return ['who has ', target, '? tell ', sender];
    case 'probe':
      return ['who has ', target, '? (probe)'];
    case 'announcement':
      return [sender, ` is at ${arp.senderMac} (announcement)`];
    case 'reply':
      return [sender, ` is at ${arp.senderMac}`];
    case 'gratuitous reply':
      return [sender, ` is at ${arp.senderMac} (gratuitous)`];
    case 'other':
      return [`operation ${arp.operation} `, sender, ' → ', target];
  }
};

const portText = (port: number | undefined): string => (port === undefined ? '' : `:${port}`);

const sayQuoted = (layers: readonly Layer[]): readonly TextPart[] => {
  const { src, dst, sport, dport, proto } = summarizePacket(layers);
  if (src === '') return [];
  return [' for ', { address: src }, `${portText(sport)} → `, { address: dst }, `${portText(dport)} ${proto}`];
};

const sayIcmp = (icmp: IcmpLayer): readonly TextPart[] => [
  icmp.name,
  ...(icmp.id === undefined ? [] : [` id ${icmp.id} seq ${icmp.seq}`]),
  ...(icmp.mtu === undefined ? [] : [` mtu ${icmp.mtu}`]),
  ...(icmp.target === undefined ? [] : [' ', { address: icmp.target }]),
  ...(icmp.mac === undefined ? [] : [`${icmp.type === 136 ? ' is at' : ' from'} ${icmp.mac}`]),
  ...(icmp.original === undefined ? [] : sayQuoted(icmp.original)),
];

/** Answers beyond these are counted. */
const answersShown = 3;

const sayDns = (dns: DnsLayer): readonly TextPart[] => {
  const asked = dns.questions.map(({ type, name }) => `${type} ${name}`).join(', ');
  const id = `0x${dns.id.toString(16).padStart(4, '0')}`;
  if (!dns.response) return [`query ${id} ${asked}`];
  const shown = dns.answers.slice(0, answersShown);
  const more = dns.answerCount - shown.length;
  return [
    `answer ${id} ${dns.rcode === 'NOERROR' ? '' : `${dns.rcode} `}${asked}`,
    ...shown.flatMap(({ type, data }, n): TextPart[] => [
      n === 0 ? ' = ' : ', ',
      ...(type === 'A' || type === 'AAAA' ? [{ address: data }] : [`${type} ${data}`]),
    ]),
    ...(more > 0 ? [` and ${more} more`] : []),
    ...(dns.rcode === 'NOERROR' && dns.answerCount === 0 ? [' = nothing'] : []),
    ...(dns.truncatedAnswer ? [' (truncated, to be asked again over TCP)'] : []),
  ];
};

const sayDhcp = (dhcp: DhcpLayer): readonly TextPart[] => {
  const address = dhcp.yourIp ?? dhcp.requestedIp;
  return [
    `${dhcp.message} from ${dhcp.clientMac}`,
    ...(address === undefined ? [] : [' ', { address }]),
    ...(dhcp.hostname === undefined ? [] : [` "${dhcp.hostname}"`]),
  ];
};

const sayTls = (tls: TlsLayer): string =>
  [
    tls.record,
    tls.version,
    ...(tls.serverName === undefined ? [] : [`SNI ${tls.serverName}`]),
    ...(tls.protocols === undefined ? [] : [`ALPN ${tls.protocols.join(',')}`]),
    ...(tls.alert === undefined ? [] : [tls.alert]),
  ].join(' ');

const sayFragment = (ip: IpLayer): string =>
  `fragment ${ip.fragmentOffset}+${Math.max(0, ip.length - ip.size)} of id ${ip.id}${ip.moreFragments === true ? '' : ' (last)'}`;

/** What the innermost layer that anybody would name says. */
const sayLayer = (layer: Layer, context: SummaryContext): Said | undefined => {
  switch (layer.kind) {
    case 'arp':
      return { proto: 'ARP', info: sayArp(layer) };
    case 'icmp':
      return { proto: 'ICMP', info: sayIcmp(layer) };
    case 'icmpv6':
      return { proto: 'ICMPv6', info: sayIcmp(layer) };
    case 'tcp':
      return { proto: 'TCP', info: [sayTcp(layer, context)] };
    case 'udp':
      return { proto: 'UDP', info: [`len ${layer.payloadLength}`] };
    case 'sctp':
      return { proto: 'SCTP', info: [layer.chunks.join(', ') || 'no chunks'] };
    case 'dns':
      return { proto: layer.service ?? 'DNS', info: sayDns(layer) };
    case 'dhcp':
      return { proto: 'DHCP', info: sayDhcp(layer) };
    case 'http':
      return { proto: 'HTTP', info: [`${layer.line}${layer.host === undefined ? '' : ` (${layer.host})`}`] };
    case 'tls':
      return { proto: 'TLS', info: [sayTls(layer)] };
    case 'ipv4':
    case 'ipv6':
      return {
        proto: nameIp(layer),
        info: [(layer.fragmentOffset ?? 0) > 0 ? sayFragment(layer) : `len ${layer.length}`],
      };
    case 'data':
      return layer.what === 'payload' || layer.what === 'fragment'
        ? undefined
        : { proto: layer.what, info: [`${layer.size} bytes`] };
    default:
      return undefined;
  }
};

const shortNames: Readonly<Record<number, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6', 132: 'SCTP' };

const nameIp = (ip: IpLayer): string => shortNames[ip.proto] ?? nameProtocol(ip.proto);

const tunnelText = (layers: readonly Layer[]): string =>
  layers
    .flatMap((layer) =>
      layer.kind === 'vxlan' || layer.kind === 'geneve' || layer.kind === 'gre' || layer.kind === 'ipip'
        ? [
            `${layer.kind === 'ipip' ? 'IPIP' : layer.kind.toUpperCase()}${layer.id === undefined ? '' : ` ${layer.id}`}`,
          ]
        : [],
    )
    .join(', ');

const isNetwork = (layer: Layer): layer is IpLayer | ArpLayer =>
  layer.kind === 'ipv4' || layer.kind === 'ipv6' || layer.kind === 'arp';

const isLink = (layer: Layer): layer is EthernetLayer => layer.kind === 'ethernet' || layer.kind === 'sll';

const hasPorts = (layer: Layer): layer is TcpLayer | UdpLayer | SctpLayer =>
  layer.kind === 'tcp' || layer.kind === 'udp' || layer.kind === 'sctp';

const endsOf = (layers: readonly Layer[]): Pick<PacketSummary, 'src' | 'dst' | 'sport' | 'dport'> => {
  const network = layers.findLast(isNetwork);
  const link = layers.findLast(isLink);
  const ports = layers.findLast(hasPorts);
  const inner = ports !== undefined && network !== undefined && ports.offset > network.offset ? ports : undefined;
  if (network === undefined) return { src: link?.src ?? '', dst: link?.dst ?? '' };
  if (network.kind === 'arp') return { src: network.senderIp, dst: network.targetIp };
  return { src: network.src, dst: network.dst, ...(inner && { sport: inner.sport, dport: inner.dport }) };
};

export const summarizePacket = (layers: readonly Layer[], context: SummaryContext = {}): PacketSummary => {
  let said: Said | undefined;
  for (let n = layers.length - 1; n >= 0 && said === undefined; n--) said = sayLayer(layers[n]!, context);
  const tunnel = tunnelText(layers);
  const { marks = [], cut } = context;
  return {
    proto: `${said?.proto ?? 'frame'}${tunnel === '' ? '' : ` in ${tunnel}`}`,
    ...endsOf(layers),
    info: [
      ...(marks.length === 0 ? [] : [`[${marks.join(', ')}] `]),
      ...(said?.info ?? []),
      ...(cut === undefined ? [] : [` (${cut})`]),
    ],
  };
};
