/** Answers what rules ask of a packet's surroundings, from the routes, links and conntrack entries of its netns. */
import type { AddressType, EvaluationContext, FibQuery, Truth } from '../../netfilter/context.ts';
import { unknown } from '../../netfilter/context.ts';
import { parseAddress } from '../../std/ip-address.ts';
import { viewOf } from '../conntrack/connections.ts';
import type { Flight } from '../flight.ts';
import { localType, lookupRoute } from '../routing/lookup-route.ts';
import { ephemeralPorts, linkSysctl } from '../sysctls.ts';
import type { NetnsView } from '../world.ts';
import type { HookPlace } from './run-hook.ts';

const addressTypes: ReadonlySet<string> = new Set(['unicast', 'local', 'broadcast', 'anycast', 'multicast']);

const addressType = (
  view: NetnsView,
  address: string,
  link: string | undefined,
): AddressType | ReturnType<typeof unknown> => {
  const parsed = parseAddress(address);
  const type = localType(view, address, link);
  if (type === undefined || parsed === undefined) return unknown(`the local routes of ${view.node.name} were not read`);
  if (parsed.family === 4 || type !== 'unicast') return addressTypes.has(type) ? (type as AddressType) : 'unicast';
  // xt_addrtype for IPv6 makes a route look-up; no route counts as unreachable.
  const route = lookupRoute(view, {
    family: 6,
    dst: address,
    iif: 'lo',
    mark: 0,
    tos: 0,
    ...(link !== undefined && { oif: link }),
  });
  if (route.kind === 'unknown') return unknown(route.reason);
  return route.kind === 'found' ? 'unicast' : 'unreachable';
};

/** ipt_rpfilter: the way back to the source, asked for as if the packet went the other way. */
const reversePath = (
  view: NetnsView,
  flight: Flight,
  place: HookPlace,
  options: { readonly loose: boolean; readonly validMark: boolean; readonly acceptLocal: boolean },
): Truth => {
  if (place.in === undefined || place.in.kind === 'loopback') return true;
  const { packet } = flight;
  const answer = lookupRoute(view, {
    family: packet.family,
    dst: packet.src,
    src: packet.dst,
    iif: 'lo',
    mark: options.validMark ? packet.mark : 0,
    tos: packet.tos,
  });
  if (answer.kind === 'unknown') return unknown(answer.reason);
  if (answer.kind !== 'found') return false;
  if (answer.type !== 'unicast' && !(answer.type === 'local' && options.acceptLocal)) return false;
  return options.loose || answer.route.hops.some((hop) => hop.dev === place.in!.facts.ifname);
};

/**
 * nft_fib4_eval: asked with a link (iif, oif in the flags), only routes by that link count; addresses of this netns itself have none.
 */
const fibLink = (
  view: NetnsView,
  query: FibQuery,
  tos: number,
  place: HookPlace,
): ReturnType<EvaluationContext['fib']> => {
  const parsed = parseAddress(query.address);
  if (parsed === undefined) return undefined;
  const wanted = query.iif ?? query.oif;
  // What comes over lo needs no route (nft_fib_is_loopback).
  if (place.in?.kind === 'loopback' && query.iif !== undefined) return query.iif;
  const answer = lookupRoute(view, { family: parsed.family, dst: query.address, iif: 'lo', mark: query.mark, tos });
  if (answer.kind === 'unknown') return unknown(answer.reason);
  if (answer.kind !== 'found' || answer.type !== 'unicast') return undefined;
  if (wanted === undefined) return answer.hops[0]?.dev;
  return answer.route.hops.some((hop) => hop.dev === wanted) ? wanted : undefined;
};

const isForOther = ({ packet }: Flight, place: HookPlace): boolean =>
  packet.dstMac !== undefined && packet.dstMac !== place.in?.facts.address && place.in?.facts.link_type === 'ether';

/** Rules of encrypted overlays look for the network's number in what a VXLAN packet carries: flags, then the VNI in three bytes. */
const vxlanHeader = ({ inside }: Flight): Pick<EvaluationContext, 'payload'> => {
  if (inside?.tunnel.kind !== 'vxlan' || inside.tunnel.key === undefined) return {};
  const { key } = inside.tunnel;
  return { payload: Uint8Array.of(8, 0, 0, 0, key >> 16, key >> 8, key, 0) };
};

export const hookContext = (view: NetnsView, flight: Flight, place: HookPlace): EvaluationContext => {
  const ports = ephemeralPorts(view);
  return {
    ct: viewOf(flight.tracking),
    untracked: flight.tracking.untracked,
    bridged: place.bridged ?? false,
    // Told by the MAC address alone before a bridge or macvlan has taken the frame (eth_type_trans).
    pktType: place.hook === 'ingress' && isForOther(flight, place) ? 'other' : 'host',
    local: flight.local,
    ...(place.family === 'netdev' && { framed: true }),
    addressType: (address, link) => addressType(view, address, link),
    fib: (query) => fibLink(view, query, flight.packet.tos, place),
    reversePath: (options) => reversePath(view, flight, place, options),
    linkIndex: (name) => view.linkByName.get(name)?.facts.ifindex,
    linkGroup: (name) => {
      const group = view.linkByName.get(name)?.facts.group;
      return group === undefined || group === 'default' ? 0 : Number(group);
    },
    socket: flight.local ? {} : null,
    ...(flight.balancedIn === flight.netns && { ipvs: true }),
    ...(flight.decryptedIn === flight.netns && { ipsec: { in: true, out: false } }),
    ...vxlanHeader(flight),
    ...(ports && { ephemeralPorts: ports }),
  };
};

export const isIpv6Disabled = (view: NetnsView, ifname: string): boolean =>
  linkSysctl(view, 6, ifname, 'disable_ipv6') === 1;
