/** Tree lines of the wiring map: a node, its children, and the strokes that join them. */
import type { LinkNode } from '../../../graph/graph.ts';
import { type Health, isFaulty } from '../../format/health.ts';
import { type Line, line, type Span, span } from '../../format/line.ts';
import { type Item, lazyItem, type Shown } from '../item.ts';
import type { ViewContext } from '../view.ts';

export interface MapNode {
  readonly item: Omit<Item, keyof Shown>;
  /** What is written there, and more to find it by: asked for when it comes into sight. */
  readonly words: () => Line;
  readonly keywords?: () => string;
  /** One of so many that nobody asks for the children of all: they stay hidden, and unmade, until ⏎. */
  readonly startsFolded?: true;
  readonly children: readonly MapNode[];
}

/** What a link is to the keys, however it is drawn. */
export const linkItem = (link: LinkNode, health: Health): MapNode['item'] => ({
  id: `link ${link.id}`,
  ref: { kind: 'link', id: link.id },
  faulty: isFaulty(health),
  copy: link.facts.ifname,
});

const isFolded = (node: MapNode, { place }: ViewContext): boolean =>
  node.startsFolded === true
    ? !place.toggled.has(node.item.id)
    : node.children.length > 0 && place.toggled.has(node.item.id);

const drawNode = (node: MapNode, stroke: string, depth: number, context: ViewContext): Item => {
  const { item, startsFolded } = node;
  const folded = isFolded(node, context);
  const hidden = (): Span => span(`  ${context.glyphs.folded} ${node.children.length} hidden`, 'dim');
  return lazyItem(
    {
      ...item,
      depth,
      foldable: startsFolded === true || node.children.length > 0,
      faulty: item.faulty || (folded && startsFolded !== true && node.children.some((child) => child.item.faulty)),
    },
    () => ({ cells: [line(span(stroke, 'dim'), node.words(), folded && hidden())], keywords: node.keywords?.() }),
  );
};

const drawChildren = (node: MapNode, stem: string, depth: number, context: ViewContext): readonly Item[] =>
  isFolded(node, context)
    ? []
    : node.children.flatMap((child, at) => drawBranch(child, stem, at === node.children.length - 1, depth, context));

/** The node and, unless it is folded, everything below it. */
export const drawBranch = (
  node: MapNode,
  stem: string,
  last: boolean,
  depth: number,
  context: ViewContext,
): readonly Item[] => {
  const { lastBranch, branch, trunk } = context.glyphs;
  return [
    drawNode(node, `${stem}${last ? lastBranch : branch} `, depth, context),
    ...drawChildren(node, `${stem}${last ? '  ' : trunk} `, depth + 1, context),
  ];
};

/** What a tree grows from has no stroke before it. */
export const drawTree = (root: MapNode, context: ViewContext): readonly Item[] => [
  drawNode(root, '', 0, context),
  ...drawChildren(root, '', 1, context),
];
