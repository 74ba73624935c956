/** Which netns could answer for an address: an index, so that a question to a large segment does not ask everybody. */
import type { NetnsId } from '../../model/ids.ts';
import { isOn, linkSysctl, orSysctl } from '../sysctls.ts';
import type { NetnsView, World } from '../world.ts';
import { remember } from '../world.ts';

interface Owners {
  readonly byAddress: ReadonlyMap<string, ReadonlySet<NetnsId>>;
  /** Answer for more than single addresses: local prefixes, proxies, or facts are missing. */
  readonly wide: ReadonlySet<NetnsId>;
}

const hasLocalPrefix = (view: NetnsView): boolean => {
  for (const family of [4, 6] as const) {
    const lengths = view.routing(family)?.tables.get('local')?.networks;
    for (const [length, networks] of lengths ?? []) {
      if (length === (family === 4 ? 32 : 128)) continue;
      for (const [key, routes] of networks) {
        const loopback = family === 4 && length === 8 && key === 127n;
        if (!loopback && routes.some((route) => route.facts.type === 'local')) return true;
      }
    }
  }
  return false;
};

const isWide = (view: NetnsView): boolean =>
  view.routing(4) === undefined ||
  view.sysctls === undefined ||
  hasLocalPrefix(view) ||
  (view.node.facts.neighbours ?? []).some((entry) => entry.proxy !== undefined) ||
  view.links.some(
    (link) =>
      isOn(orSysctl(view, link.facts.ifname, 'proxy_arp')) || linkSysctl(view, 6, link.facts.ifname, 'proxy_ndp') === 1,
  );

const build = (world: World): Owners => {
  const byAddress = new Map<string, Set<NetnsId>>();
  const wide = new Set<NetnsId>();
  const add = (address: string, id: NetnsId): void => {
    const owners = byAddress.get(address);
    if (owners === undefined) byAddress.set(address, new Set([id]));
    else owners.add(id);
  };
  for (const id of world.graph.netns.keys()) {
    const view = world.view(id);
    if (isWide(view)) wide.add(id);
    for (const link of view.links) for (const info of link.addresses) add(info.local, id);
    for (const route of view.node.facts.routes ?? []) if (route.type === 'local') add(route.dst, id);
  }
  return { byAddress, wide };
};

/** Netns that may answer when asked for the address; all others certainly keep silent. */
export const possibleOwners = (world: World, address: string): readonly NetnsId[] => {
  const owners = remember(world.memo, 'address owners', () => build(world));
  const exact = owners.byAddress.get(address) ?? new Set<NetnsId>();
  return [...exact, ...[...owners.wide].filter((id) => !exact.has(id))];
};
