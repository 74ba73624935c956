/** What IP carries: a transport, ICMP, another packet. */
import { u16, u32 } from './bytes.ts';
import { decodeApplication } from './decode-application.ts';
import { decodeIcmp } from './decode-icmp.ts';
import { decodeIp } from './decode-ip.ts';
import { decodeSctp } from './decode-sctp.ts';
import { decodeTcp } from './decode-tcp.ts';
import { decodeGre, decodeUdpTunnel } from './decode-tunnel.ts';
import { addData, type Draft, has } from './draft.ts';
import { protocols } from './ip-payload.ts';

const protocolNames: Readonly<Record<number, string>> = {
  0: 'hop-by-hop options',
  2: 'IGMP',
  50: 'ESP',
  51: 'AH',
  59: 'nothing',
  88: 'EIGRP',
  89: 'OSPF',
  103: 'PIM',
  112: 'VRRP',
  115: 'L2TP',
  136: 'UDP-Lite',
};

export const nameProtocol = (proto: number): string => protocolNames[proto] ?? `IP protocol ${proto}`;

const decodeUdp = (draft: Draft, at: number, end: number): void => {
  const { bytes } = draft;
  if (!has(draft, at, 8, end, 'UDP header')) return;
  const sport = u16(bytes, at);
  const dport = u16(bytes, at + 2);
  const length = u16(bytes, at + 4);
  // 0: offloaded, larger than the field can say.
  const payloadLength = length === 0 ? Math.max(0, end - at - 8) : Math.max(0, length - 8);
  draft.layers.push({ kind: 'udp', sport, dport, payloadLength, offset: at, size: 8 });
  const from = at + 8;
  const to = Math.min(end, from + payloadLength);
  if (!decodeUdpTunnel(draft, dport, from, to)) decodeApplication(draft, 'udp', sport, dport, from, to);
};

export const decodeTransport = (draft: Draft, proto: number, at: number, end: number, family: 4 | 6): void => {
  const { bytes, layers } = draft;
  switch (proto) {
    case protocols.tcp:
      decodeTcp(draft, at, end);
      return;
    case protocols.udp:
      decodeUdp(draft, at, end);
      return;
    case protocols.sctp:
      decodeSctp(draft, at, end);
      return;
    case protocols.icmp:
      if (family === 4) decodeIcmp(draft, at, end, 4);
      else addData(draft, at, end, nameProtocol(proto));
      return;
    case protocols.icmpv6:
      if (family === 6) decodeIcmp(draft, at, end, 6);
      else addData(draft, at, end, nameProtocol(proto));
      return;
    case protocols.gre:
      decodeGre(draft, at, end);
      return;
    case protocols.ipip:
    case protocols.ipv6:
      layers.push({ kind: 'ipip', offset: at, size: 0 });
      decodeIp(draft, at, end);
      return;
    case 50:
      addData(draft, at, end, `ESP SPI 0x${u32(bytes, at).toString(16)}`);
      return;
    default:
      addData(draft, at, end, nameProtocol(proto));
      return;
  }
};
