/** The address by which one end is called from another, when a name was given and not an address. */
import type { LinkNode } from '../../graph/graph.ts';
import type { AddressInfo } from '../../model/link.ts';
import { parseAddress, prefixContains } from '../../std/ip-address.ts';
import { floodFrom } from '../layer2/flood.ts';
import { lookupRoute } from '../routing/lookup-route.ts';
import type { NetnsView, World } from '../world.ts';
import { remember } from '../world.ts';
import type { Endpoint } from './resolve-endpoint.ts';

/** A documentation address (RFC 5737, RFC 3849): in nobody's tables, so the default route leads to it. */
export const outsideAddress = { 4: '203.0.113.1', 6: '2001:db8::1' } as const;

interface Candidate {
  readonly link: LinkNode;
  readonly info: AddressInfo;
}

const candidates = (view: NetnsView, family: 4 | 6): readonly Candidate[] =>
  remember(view.memo, `candidates ${family}`, () =>
    view.links
      .filter((link) => link.kind !== 'loopback')
      .flatMap((link) => link.addresses.map((info) => ({ link, info })))
      .filter(
        ({ info }) =>
          info.family === (family === 4 ? 'inet' : 'inet6') && info.scope !== 'link' && info.scope !== 'host',
      ),
  );

const sharesSubnet = (from: NetnsView, info: AddressInfo, family: 4 | 6): boolean => {
  const address = parseAddress(info.local);
  return candidates(from, family).some(({ info: own }) => {
    const base = parseAddress(own.local);
    return (
      address !== undefined &&
      base !== undefined &&
      own.prefixlen > 0 &&
      prefixContains({ ...base, length: own.prefixlen }, address)
    );
  });
};

/** The link packets to the rest of the world leave by. */
export const uplink = (view: NetnsView, family: 4 | 6): LinkNode | undefined =>
  remember(view.memo, `uplink ${family}`, () => {
    const answer = lookupRoute(view, { family, dst: outsideAddress[family], iif: 'lo', mark: 0, tos: 0 });
    const dev = answer.kind === 'found' && answer.type === 'unicast' ? answer.hops[0]?.dev : undefined;
    return view.linkByName.get(dev ?? '') ?? view.links.find((link) => link.kind === 'physical' && link.state === 'up');
  });

/** Hosts have subnets of the same numbers for themselves alone (docker0, docker_gwbridge): the one that leads out of its host is meant. */
const preferReachable = (
  world: World,
  from: NetnsView,
  to: NetnsView,
  shared: readonly Candidate[],
): Candidate | undefined => {
  if (shared.length < 2 || from.node.host === to.node.host) return shared[0];
  const leadsOut = ({ link }: Candidate): boolean => {
    const segment = floodFrom(world, link, 'broadcast');
    return segment.beyond.length > 0 || segment.proxies.length > 0 || segment.byNetns.has(from.node.id);
  };
  return shared.find(leadsOut) ?? shared[0];
};

const best = (world: World, from: Endpoint, to: NetnsView, family: 4 | 6): string | undefined => {
  const all = candidates(to, family);
  const source = from.netns === undefined ? undefined : world.view(from.netns);
  const shared =
    source &&
    preferReachable(
      world,
      source,
      to,
      all.filter(({ info }) => sharesSubnet(source, info, family)),
    );
  if (shared !== undefined) return shared.info.local;
  const out = uplink(to, family);
  return (all.find(({ link }) => link.id === out?.id) ?? all[0])?.info.local;
};

const familiesOf = (from: Endpoint): readonly (4 | 6)[] => {
  const given = from.address === undefined ? undefined : parseAddress(from.address);
  return given === undefined ? [4, 6] : [given.family];
};

/** Where its engine leads others to, though no link has that address now. */
const addressGiven = ({ graph }: World, from: Endpoint, to: Endpoint): string | undefined => {
  const container = to.container === undefined ? undefined : graph.containers.get(to.container);
  const given = (container?.facts.endpoints ?? []).flatMap(({ ipv4, ipv6 }) => [ipv4 ?? '', ipv6 ?? '']);
  return given.find((text) => familiesOf(from).some((family) => parseAddress(text)?.family === family));
};

export const chooseAddress = (world: World, from: Endpoint, to: Endpoint): string | { readonly error: string } => {
  if (to.address !== undefined) return to.address;
  const [family] = familiesOf(from);
  if (to.netns === undefined) return outsideAddress[to.proto === 'icmpv6' ? 6 : family!];
  if (to.netns === from.netns) return '127.0.0.1';
  for (const one of to.proto === 'icmpv6' ? ([6] as const) : familiesOf(from)) {
    const address = best(world, from, world.view(to.netns), one);
    if (address !== undefined) return address;
  }
  const given = addressGiven(world, from, to);
  return given ?? { error: `${to.name} has no address that others could use` };
};
