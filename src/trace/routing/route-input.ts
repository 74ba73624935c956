/** What happens to a packet that came in by a link: for us, to be forwarded, or refused (ip_route_input_slow, ip6_route_input). */
import type { LinkNode } from '../../graph/graph.ts';
import { parseAddress, prefixContains } from '../../std/ip-address.ts';
import type { Sysctl } from '../sysctls.ts';
import { forwardingSysctl, isOn, orSysctl } from '../sysctls.ts';
import type { NetnsView } from '../world.ts';
import type { RouteHop } from './compile-routes.ts';
import { lookupRoute } from './lookup-route.ts';
import type { RouteAnswer, RouteKey } from './route-key.ts';
import type { Found } from './route-output.ts';
import { validateSource } from './validate-source.ts';

export interface Onward {
  readonly link: LinkNode;
  readonly nextHop: string;
}

export type InputAnswer =
  | { readonly kind: 'local'; readonly found: Found }
  | { readonly kind: 'forward'; readonly ways: readonly Onward[]; readonly found: Found }
  /** Dropped without a word. */
  | { readonly kind: 'dropped'; readonly why: string; readonly sysctl?: Sysctl; readonly answer?: RouteAnswer }
  /** The sender is told by ICMP where this netns forwards for that link. */
  | {
      readonly kind: 'unreachable';
      readonly type: string;
      readonly why: string;
      readonly told: boolean;
      readonly answer: RouteAnswer;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

const loopback4 = { family: 4, value: 127n << 24n, length: 8 } as const;
const isMulticast = (address: string): boolean => {
  const parsed = parseAddress(address);
  if (parsed === undefined) return false;
  return parsed.family === 4 ? parsed.value >> 28n === 0xen : parsed.value >> 120n === 0xffn;
};
const isLoopback = (address: string): boolean => {
  const parsed = parseAddress(address);
  return parsed !== undefined && (parsed.family === 4 ? prefixContains(loopback4, parsed) : parsed.value === 1n);
};

/** Addresses that may not come in over a wire at all. */
const checkMartian = (view: NetnsView, key: RouteKey, ifname: string): InputAnswer | undefined => {
  if (key.src === '0.0.0.0' || isMulticast(key.src!)) return { kind: 'dropped', why: `martian source ${key.src}` };
  if (key.dst === '0.0.0.0') return { kind: 'dropped', why: 'martian destination 0.0.0.0' };
  const end = isLoopback(key.dst) ? 'destination' : isLoopback(key.src!) ? 'source' : undefined;
  if (end === undefined) return undefined;
  const why = `martian ${end} ${end === 'source' ? key.src : key.dst} on ${ifname}`;
  if (key.family === 6) return { kind: 'dropped', why };
  const localnet = orSysctl(view, ifname, 'route_localnet');
  if (localnet === undefined) return { kind: 'unknown', reason: `route_localnet of ${ifname} was not read` };
  return isOn(localnet) ? undefined : { kind: 'dropped', why, sysctl: localnet };
};

const onward = (view: NetnsView, key: RouteKey, hop: RouteHop): Onward | undefined => {
  const link = view.linkByName.get(hop.dev ?? '');
  return link && { link, nextHop: hop.gateway ?? key.dst };
};

const notRouted = (answer: RouteAnswer, key: RouteKey, forwarding: Sysctl): InputAnswer => {
  // IPv6 looks for the route first and tells the sender that there is none, forwarding or not (ip6_pkt_discard).
  const looksFirst = key.family === 6 && answer.kind !== 'found';
  if (!isOn(forwarding) && !looksFirst)
    return {
      kind: 'dropped',
      why: `${key.dst} is not an address here, and packets are not forwarded`,
      sysctl: forwarding,
      answer,
    };
  if (answer.kind === 'refused') {
    const by = answer.route === undefined ? 'policy rule' : 'route';
    const why = `a ${answer.type} ${by} covers ${key.dst}`;
    return answer.type === 'blackhole'
      ? { kind: 'dropped', why, answer }
      : { kind: 'unreachable', type: answer.type, why, told: true, answer };
  }
  return { kind: 'unreachable', type: 'none', why: `no route to ${key.dst}`, told: true, answer };
};

const checkSource = (
  view: NetnsView,
  key: RouteKey,
  ifname: string,
  out: string | undefined,
): InputAnswer | undefined => {
  if (key.family === 6) return undefined;
  const source = validateSource(view, key, ifname, out);
  switch (source.kind) {
    case 'ok':
      return undefined;
    case 'unknown':
      return source;
    case 'rp-filter':
      return { kind: 'dropped', why: `rp_filter: ${source.why}`, sysctl: source.sysctl };
    case 'martian':
      return { kind: 'dropped', why: `martian source: ${source.why}`, ...(source.sysctl && { sysctl: source.sysctl }) };
  }
};

/** `key.iif` is the link it came in by. */
export const routeInput = (view: NetnsView, key: RouteKey): InputAnswer => {
  const ifname = key.iif;
  const martian = checkMartian(view, key, ifname);
  if (martian !== undefined) return martian;
  const answer = lookupRoute(view, key);
  if (answer.kind === 'unknown') return answer;
  if (
    answer.kind === 'found' &&
    (answer.type === 'local' || answer.type === 'broadcast' || answer.type === 'anycast')
  ) {
    return checkSource(view, key, ifname, undefined) ?? { kind: 'local', found: answer };
  }
  const forwarding = forwardingSysctl(view, key.family, ifname);
  if (forwarding === undefined) return { kind: 'unknown', reason: `forwarding of ${ifname} was not read` };
  if (answer.kind !== 'found' || !isOn(forwarding)) return notRouted(answer, key, forwarding);
  if (answer.type !== 'unicast')
    return { kind: 'dropped', why: `martian destination ${key.dst} (${answer.type})`, answer };
  const ways = answer.hops.map((hop) => onward(view, key, hop)).filter((way) => way !== undefined);
  if (ways.length === 0)
    return { kind: 'unknown', reason: `link ${answer.hops[0]?.dev} of the route is not in the picture` };
  for (const way of ways) {
    const refused = checkSource(view, key, ifname, way.link.facts.ifname);
    if (refused !== undefined) return refused;
  }
  return { kind: 'forward', ways, found: answer };
};
