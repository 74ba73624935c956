/** /proc/net/ip_vs → virtual services (ip_vs_info_seq_show): addresses and ports in hexadecimal, IPv6 written out in brackets. */
import type { IpvsServer, IpvsService } from '../../../model/ipvs.ts';
import { formatAddress, parseAddress } from '../../../std/ip-address.ts';

interface End {
  readonly address: string;
  readonly port: number;
}

/** `0A630006:0050`, `[2001:0db8:…]:0050`. */
const parseEnd = (text: string): End | undefined => {
  const split = /^(?:\[([0-9a-f:]+)\]|([0-9a-f]{8})):([0-9a-f]{4})$/i.exec(text);
  if (split === null) return undefined;
  const [, long, short, port] = split;
  const address = long === undefined ? { family: 4 as const, value: BigInt(`0x${short}`) } : parseAddress(long);
  return address && { address: formatAddress(address), port: Number.parseInt(port!, 16) };
};

const protocols: Readonly<Record<string, 'tcp' | 'udp' | 'sctp'>> = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' };
const methods: ReadonlySet<string> = new Set(['masq', 'route', 'tunnel', 'local', 'bypass']);

const parseService = ([word = '', where = '', scheduler = '']: readonly string[]): IpvsService | undefined => {
  if (word === 'FWM')
    return /^[0-9a-f]+$/i.test(where) ? { mark: Number.parseInt(where, 16), scheduler, servers: [] } : undefined;
  const proto = protocols[word];
  const end = parseEnd(where);
  return proto === undefined || end === undefined ? undefined : { proto, ...end, scheduler, servers: [] };
};

const parseServer = ([, where = '', forward = '', weight = '']: readonly string[]): IpvsServer | undefined => {
  const end = parseEnd(where);
  const method = forward.toLowerCase();
  if (end === undefined || !methods.has(method)) return undefined;
  return { ...end, method: method as IpvsServer['method'], weight: Number(weight) };
};

/** Lines that are not understood are left out with the servers below them. */
export const parseIpvs = (text: string): readonly IpvsService[] => {
  const services: { readonly service: IpvsService; readonly servers: IpvsServer[] }[] = [];
  let current: IpvsServer[] | undefined;
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (words[0] === '->') {
      const server = parseServer(words);
      if (server !== undefined) current?.push(server);
      continue;
    }
    const service = parseService(words);
    current = service && [];
    if (service !== undefined) services.push({ service, servers: current! });
  }
  return services.map(({ service, servers }) => ({ ...service, servers }));
};
