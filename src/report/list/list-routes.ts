/** `list routes`: the routes of every netns, all tables, one row a next hop. */
import type { Graph, NetnsNode } from '../../graph/graph.ts';
import type { NextHop, Route } from '../../model/route.ts';
import { labelRoute } from '../../systems/labels.ts';
import { netnsRef, optional } from '../refs.ts';
import type { RouteRow } from '../schemas/list-schema.ts';

const routeRows = (
  graph: Graph,
  node: NetnsNode,
  family: RouteRow['family'],
  route: Route,
  all: readonly Route[],
): RouteRow[] => {
  const hops: readonly Partial<NextHop>[] = route.nexthops ?? [route];
  return hops.map((hop) => ({
    netns: netnsRef(graph, node.id),
    family,
    table: route.table,
    type: route.type,
    dst: route.dst,
    ...optional('gateway', hop.gateway ?? hop.via?.host),
    ...optional('dev', hop.dev),
    ...optional('prefsrc', route.prefsrc),
    ...optional('metric', route.metric),
    scope: route.scope,
    protocol: route.protocol,
    flags: [...(hop.flags ?? route.flags ?? [])],
    ...optional('madeBy', labelRoute(route, all)?.madeBy),
  }));
};

export const listRoutes = (graph: Graph): RouteRow[] =>
  [...graph.netns.values()].flatMap((node) => {
    const { routes = [], routes6 = [] } = node.facts;
    return [
      ...routes.flatMap((route) => routeRows(graph, node, 'inet', route, routes)),
      ...routes6.flatMap((route) => routeRows(graph, node, 'inet6', route, routes6)),
    ];
  });
