/** `vethscope list KIND`: a table, or a document with every row. */
import type { Graph } from '../../graph/graph.ts';
import { makeHead } from '../document.ts';
import { type Column, formatTable, type TextStyle } from '../format-table.ts';
import type { FindingRow } from '../schemas/list-schema.ts';
import { listBridges } from './list-bridges.ts';
import { listContainers } from './list-containers.ts';
import { listLinks } from './list-links.ts';
import { listNetns } from './list-netns.ts';
import { listNetworks } from './list-networks.ts';
import { listPools } from './list-pools.ts';
import { listPorts } from './list-ports.ts';
import { listRoutes } from './list-routes.ts';
import { listRules } from './list-rules.ts';
import * as columns from './list-tables.ts';

interface ListReport {
  /** Rows for the document. */
  readonly rows: (graph: Graph) => readonly unknown[];
  readonly text: (graph: Graph, style: TextStyle) => string;
}

const makeList = <Row>(
  rows: (graph: Graph) => readonly Row[],
  titles: (style: TextStyle) => readonly Column<Row>[],
  none: string,
): ListReport => ({
  rows,
  text: (graph, style) => {
    const found = rows(graph);
    return found.length === 0 ? `${none}\n` : formatTable(titles(style), found, style);
  },
});

export const lists = {
  containers: makeList(
    listContainers,
    columns.containerColumns,
    'no containers: no container engine answered, or it has none',
  ),
  netns: makeList(listNetns, columns.netnsColumns, 'no network namespaces can be seen'),
  links: makeList(listLinks, columns.linkColumns, 'no links can be seen'),
  bridges: makeList(listBridges, columns.bridgeColumns, 'no bridges'),
  networks: makeList(listNetworks, columns.networkColumns, 'no networks: no container engine answered, or it has none'),
  pools: makeList(listPools, columns.poolColumns, 'no engine whose address pools are known'),
  ports: makeList(listPorts, columns.portColumns, 'no published ports'),
  routes: makeList(listRoutes, columns.routeColumns, 'no routes'),
  rules: makeList(listRules, columns.ruleColumns, 'no rules'),
} as const;

/** Findings come from diagnosis, which no other list must wait for. */
export const formatFindings = (rows: readonly FindingRow[], style: TextStyle): string =>
  rows.length === 0 ? 'nothing wrong was found\n' : formatTable(columns.findingColumns(style), rows, style);

export const listDocument = (graph: Graph, kind: keyof typeof lists) => ({
  ...makeHead('list', graph),
  of: kind,
  rows: lists[kind].rows(graph),
});
