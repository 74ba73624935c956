/** The first bytes of what a transport carries, by port where the port is the protocol's own, else by what they look like. */
import { u8, u16 } from './bytes.ts';
import { decodeDhcp } from './decode-dhcp.ts';
import { decodeDns } from './decode-dns.ts';
import { decodeHttp } from './decode-http.ts';
import { decodeTls } from './decode-tls.ts';
import { addData, type Draft } from './draft.ts';

const serviceOf = (port: number): 'mDNS' | 'LLMNR' | undefined =>
  port === 5353 ? 'mDNS' : port === 5355 ? 'LLMNR' : undefined;

/** Docker's resolver in each container; its port 53 is translated to one above 1023 before lo is reached. */
const embeddedResolver = '127.0.0.11';

const isResolver = (draft: Draft): boolean => {
  const ip = draft.layers.at(-2);
  return ip?.kind === 'ipv4' && (ip.src === embeddedResolver || ip.dst === embeddedResolver);
};

const isDnsPort = (port: number): boolean => port === 53 || serviceOf(port) !== undefined;

const isDhcp = (sport: number, dport: number): boolean =>
  (sport === 67 || sport === 68) && (dport === 67 || dport === 68);

export const decodeApplication = (
  draft: Draft,
  transport: 'tcp' | 'udp',
  sport: number,
  dport: number,
  at: number,
  end: number,
): void => {
  if (at >= Math.min(end, draft.bytes.length)) return;
  const port = isDnsPort(dport) ? dport : sport;
  if (isDnsPort(port) || isResolver(draft)) {
    // Over TCP a message has its length before it; the middle of a long one has not, and is data.
    const from = transport === 'tcp' ? at + 2 : at;
    const whole = transport === 'udp' || u16(draft.bytes, at) <= end - from;
    if (whole && decodeDns(draft, from, end, serviceOf(port))) return;
  }
  if (transport === 'udp' && isDhcp(sport, dport) && decodeDhcp(draft, at, end)) return;
  if (transport === 'tcp' && (decodeTls(draft, at, end) || decodeHttp(draft, at, end))) return;
  const quic = transport === 'udp' && (sport === 443 || dport === 443) && (u8(draft.bytes, at) & 0x40) !== 0;
  addData(draft, at, end, quic ? 'QUIC' : 'payload');
};
