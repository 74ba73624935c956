/** The way out of a packet made in this netns: route, link, next hop and source address (ip_route_output_key_hash_rcu, ip6_route_output). */
import type { LinkNode } from '../../graph/graph.ts';
import { isOn, orSysctl } from '../sysctls.ts';
import type { NetnsView } from '../world.ts';
import type { RouteHop } from './compile-routes.ts';
import { isLocalAddress, lookupRoute } from './lookup-route.ts';
import type { RouteAnswer, RouteKey } from './route-key.ts';
import { scopeNumber, selectIpv4Source, selectIpv6Source } from './select-source.ts';

export type Found = Extract<RouteAnswer, { kind: 'found' }>;

/** One way a packet can go out of a netns. */
export interface WayOut {
  /** To an address of this netns: over lo, whatever link the route names. */
  readonly local: boolean;
  readonly link: LinkNode;
  /** Address asked for on that link. */
  readonly nextHop: string;
  readonly src: string;
  readonly found: Found;
}

export type OutputAnswer =
  | { readonly kind: 'ways'; readonly ways: readonly WayOut[] }
  /** The kernel refuses: errno's name, and why. */
  | { readonly kind: 'error'; readonly error: string; readonly why: string; readonly answer?: RouteAnswer }
  | { readonly kind: 'unknown'; readonly reason: string };

const isLoopback4 = (address: string): boolean => address.startsWith('127.');

const refusalErrors: Readonly<Record<string, string>> = {
  blackhole: 'EINVAL',
  unreachable: 'EHOSTUNREACH',
  prohibit: 'EACCES',
};

const selectSource = (
  view: NetnsView,
  key: RouteKey,
  found: Found,
  hop: RouteHop,
  link: LinkNode,
): string | undefined => {
  if (key.src !== undefined) return key.src;
  const { prefsrc } = found.route.facts;
  if (key.family === 6) return prefsrc ?? (found.type === 'local' ? key.dst : selectIpv6Source(view, link, key.dst));
  if (found.type === 'local') return prefsrc ?? key.dst;
  return prefsrc ?? selectIpv4Source(view, link, hop.gateway, scopeNumber(found.route.facts.scope));
};

const buildWay = (
  view: NetnsView,
  key: RouteKey,
  found: Found,
  hop: RouteHop,
): WayOut | { readonly error: string; readonly why: string } => {
  const local = found.type === 'local';
  const link = view.linkByName.get(local ? 'lo' : (hop.dev ?? ''));
  if (link === undefined) return { error: 'ENODEV', why: `link ${hop.dev ?? 'lo'} is not there` };
  const named = view.linkByName.get(hop.dev ?? '') ?? link;
  const src = selectSource(view, key, found, hop, named);
  if (src === undefined) return { error: 'EADDRNOTAVAIL', why: `no source address for ${key.dst}` };
  // __mkroute_output: 127/8 leaves only where route_localnet allows it.
  const leaves = key.family === 4 && link.kind !== 'loopback' && isLoopback4(src);
  if (leaves && !isOn(orSysctl(view, link.facts.ifname, 'route_localnet'))) {
    return { error: 'EINVAL', why: `source ${src} may not leave by ${link.facts.ifname} (route_localnet is 0)` };
  }
  return { local, link, nextHop: hop.gateway ?? key.dst, src, found };
};

/** anySource: the source need not be an address of ours (FLOWI_FLAG_ANYSRC: packets rerouted after a rule changed them). */
export const routeOutput = (
  view: NetnsView,
  key: RouteKey,
  options: { readonly anySource: boolean } = { anySource: false },
): OutputAnswer => {
  const known = view.routing(key.family) !== undefined;
  if (known && key.src !== undefined && !options.anySource && !isLocalAddress(view, key.src)) {
    return { kind: 'error', error: 'EINVAL', why: `${key.src} is not an address of ${view.node.name}` };
  }
  const answer = lookupRoute(view, key);
  switch (answer.kind) {
    case 'unknown':
      return answer;
    case 'none':
      return { kind: 'error', error: 'ENETUNREACH', why: `no route to ${key.dst}`, answer };
    case 'refused': {
      const by = answer.route === undefined ? 'policy rule' : 'route';
      return {
        kind: 'error',
        error: refusalErrors[answer.type] ?? 'EINVAL',
        why: `a ${answer.type} ${by} covers ${key.dst}`,
        answer,
      };
    }
    case 'found': {
      const built = answer.hops.map((hop) => buildWay(view, key, answer, hop));
      const ways = built.filter((way) => 'link' in way);
      const failed = built.find((way) => 'error' in way);
      if (ways.length === 0)
        return { kind: 'error', ...(failed ?? { error: 'ENETUNREACH', why: 'no next hop' }), answer };
      return { kind: 'ways', ways };
    }
  }
};
