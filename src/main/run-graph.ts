/** `vethscope graph`. */
import type { GraphFormat } from '../cli-options.ts';
import type { TextStyle } from '../report/format-table.ts';
import { formatDot } from '../report/graph/format-dot.ts';
import { formatMermaid } from '../report/graph/format-mermaid.ts';
import { formatSvg } from '../report/graph/format-svg.ts';
import { formatTree } from '../report/graph/format-tree.ts';
import { graphDocument } from '../report/graph/graph-document.ts';
import type { Graph } from '../session.ts';
import { type RunCommand, withGraph, writeJson } from './command.ts';
import { exitCodes } from './exit-codes.ts';

const formats: Readonly<Record<GraphFormat, (graph: Graph, style: TextStyle) => string>> = {
  tree: formatTree,
  dot: formatDot,
  mermaid: formatMermaid,
  svg: formatSvg,
};

export const runGraph: RunCommand = async (input) => {
  const format = (input.values.get('format')?.[0] ?? 'tree') as GraphFormat;
  return withGraph(input, ['links', 'addresses'], (graph) => {
    if (input.json) writeJson(input, graphDocument(graph));
    else input.io.stdout.write(formats[format](graph, input.style));
    return graph.links.size > 0 ? exitCodes.yes : exitCodes.cannotTell;
  });
};
