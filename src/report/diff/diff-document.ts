/** A comparison of two pictures as a document. */
import type { Graph } from '../../graph/graph.ts';
import { makeHead } from '../document.ts';
import type { GraphDiff } from './diff-graphs.ts';

export interface Picture {
  /** As it was named: a path, or `live`. */
  readonly name: string;
  readonly graph: Graph;
}

const entry = ({ name, graph }: Picture) => ({ source: name, host: makeHead('diff', graph).host });

export const diffDocument = (a: Picture, b: Picture, { differences, gaps }: GraphDiff) => ({
  ...makeHead('diff', b.graph, gaps),
  a: entry(a),
  b: entry(b),
  differences: differences.map((difference) => ({ ...difference })),
});
