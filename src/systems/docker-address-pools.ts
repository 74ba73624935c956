/** Which subnets an engine gives to networks that name none: used, taken by a route of the host, free. */
import type { Graph, NetworkNode } from '../graph/graph.ts';
import type { Engine } from '../model/container.ts';
import type { HostId, NetworkId } from '../model/ids.ts';
import type { Route } from '../model/route.ts';
import { addressBits, formatAddress, type IpPrefix, parsePrefix, prefixContains } from '../std/ip-address.ts';

/** A stretch of addresses in one state. Free neighbours are told as one stretch. */
export interface AddressBlock {
  readonly host: HostId;
  readonly engine: Engine['kind'];
  /** Base of the pool it is in; absent for a subnet that a user chose outside all pools. */
  readonly pool?: string;
  /** `172.18.0.0/16`, or `172.20.0.0/16 - 172.31.0.0/16` where `blocks` is above 1. */
  readonly subnet: string;
  /** How many networks the stretch is good for. */
  readonly blocks: number;
  readonly state: 'used' | 'taken' | 'free';
  readonly network?: NetworkId;
  /** state `taken`: the route of the host because of which the engine passes it over. */
  readonly route?: string;
  /** Addresses held by running containers, and how many the subnet has for them. */
  readonly addresses?: { readonly used: number; readonly of: number };
}

/** What an engine without "default-address-pools" takes (moby ipamutils, PredefinedLocalScopeDefaultNetworks). */
const builtIn: NonNullable<Engine['addressPools']> = [
  { base: '172.17.0.0/16', size: 16 },
  { base: '172.18.0.0/16', size: 16 },
  { base: '172.19.0.0/16', size: 16 },
  { base: '172.20.0.0/14', size: 16 },
  { base: '172.24.0.0/14', size: 16 },
  { base: '172.28.0.0/14', size: 16 },
  { base: '192.168.0.0/16', size: 20 },
];

const overlap = (a: IpPrefix, b: IpPrefix): boolean =>
  a.length <= b.length ? prefixContains(a, b) : prefixContains(b, a);

const prefixText = (prefix: IpPrefix): string => `${formatAddress(prefix)}/${prefix.length}`;

interface UsedSubnet {
  readonly prefix: IpPrefix;
  readonly network: NetworkNode;
  readonly addresses: { readonly used: number; readonly of: number };
}

const countAddresses = (graph: Graph, network: NetworkNode, prefix: IpPrefix, ipRange: string | undefined) => {
  const range = parsePrefix(ipRange ?? '') ?? prefix;
  const spare = ipRange === undefined || ipRange === '' ? 3 : 0;
  const used = network.containers.filter((id) => graph.containers.get(id)?.facts.state === 'running').length;
  return { used, of: Math.max(0, 2 ** (addressBits(4) - range.length) - spare) };
};

const usedSubnets = (graph: Graph, host: HostId, engine: Engine): readonly UsedSubnet[] =>
  [...graph.networks.values()]
    .filter((network) => network.host === host && network.facts.engine === engine.kind)
    .filter((network) => engine.networks.some(({ id }) => id === network.id))
    .flatMap((network) =>
      network.facts.subnets.flatMap(({ subnet, ipRange }) => {
        const prefix = parsePrefix(subnet);
        if (prefix?.family !== 4) return [];
        return [{ prefix, network, addresses: countAddresses(graph, network, prefix, ipRange) }];
      }),
    );

/** A pool cut in more blocks than this is told by its used part only: 10.0.0.0/8 in /24 is 65,536 of them. */
const mostBlocks = 4096;

const blocksOf = (pool: { readonly base: string; readonly size: number }): readonly IpPrefix[] => {
  const base = parsePrefix(pool.base);
  if (base?.family !== 4 || pool.size < base.length || pool.size > 30) return [];
  const count = Math.min(mostBlocks, 2 ** (pool.size - base.length));
  const step = 1n << BigInt(32 - pool.size);
  return Array.from({ length: count }, (_, at) => ({
    family: 4,
    value: base.value + BigInt(at) * step,
    length: pool.size,
  }));
};

interface Foreign {
  readonly prefix: IpPrefix;
  readonly text: string;
}

/** Measured: 20.10.5 passes over blocks of any route, 20.10.24 and 28.5 only of those on a link (moby#42598). */
const looksAtAllRoutes = (version: string): boolean => {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.+~-]/).map(Number);
  return major < 20 || (major === 20 && (minor < 10 || patch < 8));
};

/**
 * Routes because of which the engine passes a block over (moby CheckRouteOverlaps, InferReservedNetworks; the nameservers it also looks at
 * are not read here). Its own networks' are left out.
 */
const foreignRoutes = (engine: Engine, routes: readonly Route[], used: readonly UsedSubnet[]): readonly Foreign[] => {
  const all = looksAtAllRoutes(engine.version);
  return routes.flatMap((route) => {
    const counts = all || route.scope === 'link';
    const prefix = counts && route.table === 'main' && route.type === 'unicast' ? parsePrefix(route.dst) : undefined;
    if (prefix?.family !== 4 || prefix.length === 0) return [];
    if (used.some((one) => prefixText(one.prefix) === prefixText(prefix))) return [];
    const way = route.gateway === undefined ? '' : ` via ${route.gateway}`;
    return [{ prefix, text: `${route.dst}${way}${route.dev === undefined ? '' : ` dev ${route.dev}`}` }];
  });
};

const poolBlocks = (
  owner: Pick<AddressBlock, 'host' | 'engine'>,
  pool: { readonly base: string; readonly size: number },
  used: readonly UsedSubnet[],
  foreign: readonly Foreign[],
): readonly AddressBlock[] => {
  const found: AddressBlock[] = [];
  let free: { readonly first: IpPrefix; last: IpPrefix; count: number } | undefined;
  const endFree = (): void => {
    if (free === undefined) return;
    const { first, last, count } = free;
    const subnet = count === 1 ? prefixText(first) : `${prefixText(first)} - ${prefixText(last)}`;
    found.push({ ...owner, pool: pool.base, subnet, blocks: count, state: 'free' });
    free = undefined;
  };
  for (const block of blocksOf(pool)) {
    const own = used.filter(({ prefix }) => overlap(prefix, block));
    const route = foreign.find(({ prefix }) => overlap(prefix, block));
    if (own.length === 0 && route === undefined) {
      if (free === undefined) free = { first: block, last: block, count: 1 };
      else {
        free.last = block;
        free.count += 1;
      }
      continue;
    }
    endFree();
    // A network wider than one block is told once.
    for (const { prefix, network, addresses } of own) {
      if (found.some((one) => one.network === network.id && one.subnet === prefixText(prefix))) continue;
      const subnet = prefixText(prefix);
      found.push({ ...owner, pool: pool.base, subnet, blocks: 1, state: 'used', network: network.id, addresses });
    }
    if (own.length === 0 && route !== undefined)
      found.push({
        ...owner,
        pool: pool.base,
        subnet: prefixText(block),
        blocks: 1,
        state: 'taken',
        route: route.text,
      });
  }
  endFree();
  return found;
};

/** Pools in the order the engine tries them, then subnets outside of them. Only Docker tells, or has documented, its pools. */
export const findAddressBlocks = (graph: Graph): readonly AddressBlock[] =>
  [...graph.hosts].flatMap(([host, { engines, netns }]) =>
    engines.flatMap((engine) => {
      const owner = { host, engine: engine.kind };
      const used = usedSubnets(graph, host, engine);
      const routes = (netns === undefined ? undefined : graph.netns.get(netns)?.facts.routes) ?? [];
      const foreign = foreignRoutes(engine, routes, used);
      const pools = engine.addressPools ?? (engine.kind === 'docker' ? builtIn : []);
      const inPools = pools.flatMap((pool) => poolBlocks(owner, pool, used, foreign));
      const told = new Set(inPools.map((block) => `${block.network} ${block.subnet}`));
      const outside = used
        .filter(({ prefix, network }) => !told.has(`${network.id} ${prefixText(prefix)}`))
        .map(({ prefix, network, addresses }) => ({
          ...owner,
          subnet: prefixText(prefix),
          blocks: 1,
          state: 'used' as const,
          network: network.id,
          addresses,
        }));
      return [...inPools, ...outside];
    }),
  );
