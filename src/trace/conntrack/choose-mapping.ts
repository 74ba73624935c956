/** The address a NAT rule's wish comes down to: what masquerade and redirect pick, and ranges with one member. */
import type { LinkNode } from '../../graph/graph.ts';
import type { Packet } from '../../model/packet.ts';
import type { NatRequest } from '../../netfilter/hook-result.ts';
import { selectIpv4Source, selectIpv6Source } from '../routing/select-source.ts';
import type { NetnsView } from '../world.ts';
import type { Manip, Mapping } from './translate.ts';
import { netmapAddress } from './translate.ts';

export interface NatPlace {
  readonly manip: Manip;
  /** Link the packet came in by; absent in output. */
  readonly in: LinkNode | undefined;
  /** Link it leaves by, and the address asked for there; absent before routing. */
  readonly out: LinkNode | undefined;
  readonly nextHop: string | undefined;
}

export type MappingChoice =
  | { readonly kind: 'mapping'; readonly mapping: Mapping }
  /** There is no address to take: the packet is dropped. */
  | { readonly kind: 'dropped'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

const chosen = (mapping: Mapping): MappingChoice => ({ kind: 'mapping', mapping });

const portOf = (request: NatRequest, current: number | undefined): Pick<Mapping, 'port' | 'anyPort'> | undefined => {
  if (request.ports === undefined) return request.random ? { anyPort: true } : {};
  const [first, last] = request.ports;
  if (first === last) return { port: first };
  if (!request.random && current !== undefined && current >= first && current <= last) return {};
  return undefined;
};

/** Ports that only the answer's way back goes by may be anything; a new destination port must be known. */
const withPort = (
  request: NatRequest,
  packet: Packet,
  end: 'dst' | 'src',
  address: string | undefined,
): MappingChoice => {
  const port = portOf(request, end === 'dst' ? packet.dport : packet.sport);
  if (port === undefined && end === 'dst')
    return { kind: 'unknown', why: `the rule chooses a port between ${request.ports!.join(' and ')}` };
  return chosen({ ...(address !== undefined && { address }), ...(port ?? { anyPort: true }) });
};

/** nf_nat_redirect_ipv4 and _ipv6: the first address of the link it came in by, or loopback for packets made here. */
const redirectAddress = (packet: Packet, place: NatPlace): string | undefined => {
  if (place.in === undefined) return packet.family === 4 ? '127.0.0.1' : '::1';
  const family = packet.family === 4 ? 'inet' : 'inet6';
  const infos = place.in.addresses.filter((info) => info.family === family && !info.tentative);
  if (packet.family === 4) return infos[0]?.local;
  const linkLocal = packet.dst.startsWith('fe80:');
  return infos.find((info) => (info.scope === 'link') === linkLocal)?.local;
};

const masqueradeAddress = (view: NetnsView, packet: Packet, place: NatPlace): string | undefined =>
  packet.family === 4
    ? selectIpv4Source(view, place.out, place.nextHop ?? packet.dst, 0)
    : selectIpv6Source(view, place.out, packet.dst);

export const chooseMapping = (view: NetnsView, request: NatRequest, packet: Packet, place: NatPlace): MappingChoice => {
  switch (request.action) {
    case 'masquerade': {
      const address = masqueradeAddress(view, packet, place);
      if (address === undefined)
        return { kind: 'dropped', why: `masquerade finds no address for ${place.out?.facts.ifname ?? 'the way out'}` };
      return withPort(request, packet, 'src', address);
    }
    case 'redirect': {
      const address = redirectAddress(packet, place);
      if (address === undefined)
        return { kind: 'dropped', why: `redirect finds no address on ${place.in?.facts.ifname ?? 'the way in'}` };
      return withPort(request, packet, 'dst', address);
    }
    case 'netmap': {
      return chosen({ address: netmapAddress(request, packet[place.manip]) ?? packet[place.manip] });
    }
    case 'dnat':
    case 'snat': {
      const [first, last] = request.addresses ?? [];
      const end = request.action === 'dnat' ? 'dst' : 'src';
      if (first !== last) return { kind: 'unknown', why: `the rule chooses an address between ${first} and ${last}` };
      return withPort(request, packet, end, first);
    }
  }
};
