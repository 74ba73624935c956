/** Subnets that containers of a host have through its bridges and routes, and which of its routes lead to other hosts' subnets. */
import type { LinkNode, NetnsNode } from '../graph/graph.ts';
import type { Route } from '../model/route.ts';
import {
  addressBits,
  formatAddress,
  type IpPrefix,
  parseAddress,
  parsePrefix,
  prefixContains,
} from '../std/ip-address.ts';
import type { HostView } from './host-view.ts';

export interface HostSubnet {
  readonly home: NetnsNode;
  readonly prefix: IpPrefix;
  readonly text: string;
  /** The bridge that has it; absent: a block of routed workloads. */
  readonly bridge?: LinkNode;
}

const networkOf = (address: string, length: number): IpPrefix | undefined => {
  const parsed = parseAddress(address);
  if (parsed === undefined) return undefined;
  const host = BigInt(addressBits(parsed.family) - length);
  return { family: parsed.family, value: (parsed.value >> host) << host, length };
};

export const prefixText = (prefix: IpPrefix): string => `${formatAddress(prefix)}/${prefix.length}`;

export const overlaps = (a: IpPrefix, b: IpPrefix): boolean => prefixContains(a, b) || prefixContains(b, a);

/** Calico's own block: what no workload has is dropped. */
const isBlock = (route: Route): boolean =>
  route.type === 'blackhole' && (route.protocol === 'bird' || route.protocol === '80') && route.table === 'main';

/** IPv4 only: across hosts IPv6 is rare, and link-local addresses would look like subnets. A bridge that a wire is a port of is the underlay. */
export function subnetsOf(view: HostView, home: NetnsNode): readonly HostSubnet[] {
  const bridges = home.links
    .flatMap((id) => view.link(id) ?? [])
    .filter((link) => link.kind === 'bridge' && link.ports.some((port) => view.link(port)?.peer !== undefined))
    .filter((link) => !link.ports.some((port) => view.link(port)?.kind === 'physical'))
    .flatMap((bridge) =>
      bridge.addresses
        .filter((info) => info.family === 'inet' && info.prefixlen < 32)
        .flatMap((info) => {
          const prefix = networkOf(info.local, info.prefixlen);
          return prefix === undefined ? [] : [{ home, prefix, text: prefixText(prefix), bridge }];
        }),
    );
  const blocks = (home.facts.routes ?? []).filter(isBlock).flatMap((route) => {
    const prefix = parsePrefix(route.dst);
    return prefix === undefined ? [] : [{ home, prefix, text: prefixText(prefix) }];
  });
  return [...bridges, ...blocks];
}

/** Routes to more than nowhere and less than everything, over another machine. */
export const routesOnward = (home: NetnsNode): readonly (Route & { readonly prefix: IpPrefix })[] =>
  (home.facts.routes ?? [])
    .filter((route) => route.type === 'unicast' && route.table === 'main' && route.dst !== 'default')
    .filter((route) => route.gateway !== undefined || route.scope !== 'link')
    .flatMap((route) => {
      const prefix = parsePrefix(route.dst);
      return prefix === undefined || prefix.length === 0 ? [] : [{ ...route, prefix }];
    });

/** Own netns of the other hosts. */
export const otherHosts = (view: HostView): readonly NetnsNode[] =>
  [...view.graph.hosts]
    .filter(([id]) => id !== view.id)
    .flatMap(([, host]) => (host.netns === undefined ? [] : (view.netnsOf(host.netns) ?? [])));
