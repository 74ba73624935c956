/** Tree lines of the wiring map: a node, its children, and the strokes that join them. */
import { line, span } from '../../format/line.ts';
import type { Item } from '../item.ts';
import type { ViewContext } from '../view.ts';

export interface MapNode {
  readonly item: Item;
  readonly children: readonly MapNode[];
}

/** The node and, unless it is folded, everything below it. */
export const drawBranch = (
  node: MapNode,
  stem: string,
  last: boolean,
  depth: number,
  context: ViewContext,
): readonly Item[] => {
  const { glyphs } = context;
  const folded = node.children.length > 0 && context.place.toggled.has(node.item.id);
  const stroke = span(`${stem}${last ? glyphs.lastBranch : glyphs.branch} `, 'dim');
  const hidden = folded && span(`  ${glyphs.folded} ${node.children.length} hidden`, 'dim');
  const drawn: Item = {
    ...node.item,
    depth,
    foldable: node.children.length > 0,
    faulty: node.item.faulty || (folded && node.children.some((child) => child.item.faulty)),
    cells: [line(stroke, node.item.cells[0] ?? '', hidden)],
  };
  if (folded) return [drawn];
  const below = `${stem}${last ? '  ' : glyphs.trunk} `;
  return [
    drawn,
    ...node.children.flatMap((child, at) =>
      drawBranch(child, below, at === node.children.length - 1, depth + 1, context),
    ),
  ];
};
