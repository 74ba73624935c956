/** The routing tables of one netns and family, arranged for look-ups: table → prefix length → network → routes. */
import type { Route } from '../../model/route.ts';
import { addressBits, parsePrefix } from '../../std/ip-address.ts';

/** One way out of a route. */
export interface RouteHop {
  /** Next hop's address; absent: the destination itself is on the link. */
  readonly gateway?: string;
  readonly dev?: string;
  readonly onlink: boolean;
  readonly linkdown: boolean;
  readonly dead: boolean;
}

export interface CompiledRoute {
  readonly facts: Route;
  readonly prefixLength: number;
  /** DSCP bits a packet must carry; 0: any. undefined: written in a way we cannot read. */
  readonly tos: number | undefined;
  readonly metric: number;
  readonly hops: readonly RouteHop[];
}

export interface RoutingTable {
  /** Present prefix lengths, longest first. */
  readonly lengths: readonly number[];
  readonly networks: ReadonlyMap<number, ReadonlyMap<bigint, readonly CompiledRoute[]>>;
}

export type RoutingTables = ReadonlyMap<string, RoutingTable>;

const tableNames: Readonly<Record<string, string>> = { '255': 'local', '254': 'main', '253': 'default' };
export const tableName = (table: string): string => tableNames[table] ?? table;

/** rt_dsfield's classic names; ip prints hexadecimal for everything without a name. */
const tosNames: Readonly<Record<string, number>> = {
  lowdelay: 0x10,
  throughput: 0x08,
  reliability: 0x04,
  mincost: 0x02,
};
export const parseTos = (text: string | undefined): number | undefined => {
  if (text === undefined) return 0;
  const value = tosNames[text] ?? Number(text);
  return Number.isNaN(value) ? undefined : value;
};

const compileHops = (route: Route): readonly RouteHop[] =>
  (route.nexthops ?? [route]).map((hop) => {
    const gateway = hop.gateway ?? hop.via?.host;
    const flags = hop.flags ?? [];
    return {
      ...(gateway !== undefined && { gateway }),
      ...(hop.dev !== undefined && { dev: hop.dev }),
      onlink: flags.includes('onlink'),
      linkdown: flags.includes('linkdown'),
      dead: flags.includes('dead'),
    };
  });

const compileRoute = (route: Route, prefixLength: number): CompiledRoute => ({
  facts: route,
  prefixLength,
  tos: parseTos(route.tos),
  metric: route.metric ?? 0,
  hops: compileHops(route),
});

/** fib_find_alias keeps routes to one network by tos, greater first, then by metric, then by age. */
const byPrecedence = (a: CompiledRoute, b: CompiledRoute): number => (b.tos ?? 0) - (a.tos ?? 0) || a.metric - b.metric;

/** Routes whose destination cannot be read are named in `unread`: a look-up must not pretend they are not there. */
export const compileRoutes = (
  family: 4 | 6,
  routes: readonly Route[],
): { readonly tables: RoutingTables; readonly unread: readonly Route[] } => {
  const tables = new Map<string, Map<number, Map<bigint, CompiledRoute[]>>>();
  const unread: Route[] = [];
  for (const route of routes) {
    const prefix =
      route.dst === 'default' ? { family, value: 0n, length: 0 } : parsePrefix(route.dst.replace(/^[a-z]+ /, ''));
    if (prefix === undefined || prefix.family !== family) {
      unread.push(route);
      continue;
    }
    const name = tableName(route.table ?? 'main');
    const table = tables.get(name) ?? new Map<number, Map<bigint, CompiledRoute[]>>();
    tables.set(name, table);
    const networks = table.get(prefix.length) ?? new Map<bigint, CompiledRoute[]>();
    table.set(prefix.length, networks);
    const key = prefix.value >> BigInt(addressBits(family) - prefix.length);
    networks.set(key, [...(networks.get(key) ?? []), compileRoute(route, prefix.length)]);
  }
  const compiled = new Map<string, RoutingTable>();
  for (const [name, table] of tables) {
    for (const networks of table.values()) for (const list of networks.values()) list.sort(byPrecedence);
    compiled.set(name, { lengths: [...table.keys()].sort((a, b) => b - a), networks: table });
  }
  return { tables: compiled, unread };
};
