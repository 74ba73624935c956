/** The wiring as an SVG picture: on the left what the host has, on the right who hangs on it. */
import type { Graph, LinkNode } from '../../graph/graph.ts';
import { cellWidth, printable } from '../../std/printable.ts';
import { buildWiring, shownAddresses, tenantsOf, type Wire } from './wiring.ts';

const row = 26;
const box = 20;
const indent = 24;
const charWidth = 7.25;
const gap = 40;

const escapeXml = (text: string): string => printable(text).replace(/[<>&"']/g, (char) => `&#${char.codePointAt(0)};`);

interface Drawn {
  readonly depth: number;
  readonly text: string;
  readonly far?: string;
  readonly state: LinkNode['state'] | 'title' | 'doubt';
  /** Row of the wire this one hangs on. */
  readonly parent?: number;
}

const nameOf = (graph: Graph, link: LinkNode, home: string): string => {
  const owner = tenantsOf(graph, link.netns);
  return owner === home ? link.facts.ifname : `${owner}/${link.facts.ifname}`;
};

/** Every wire in the order of the tree, one a row. */
const flatten = (
  graph: Graph,
  wires: readonly Wire[],
  home: string,
  rows: Drawn[],
  depth: number,
  parent?: number,
): void => {
  for (const { link, far, doubt, network, below } of wires) {
    const at = rows.length;
    const words = [
      nameOf(graph, link, home),
      ...shownAddresses(link),
      ...(network === undefined ? [] : [`network ${network}`]),
    ];
    rows.push({
      depth,
      text: words.join(' '),
      state: link.state,
      ...(far === undefined
        ? doubt === undefined
          ? {}
          : { far: `? ${doubt}` }
        : { far: [nameOf(graph, far, home), ...shownAddresses(far)].join(' ') }),
      ...(parent === undefined ? {} : { parent }),
    });
    flatten(graph, below, home, rows, depth + 1, at);
  }
};

const colors: Readonly<Record<Drawn['state'], string>> = {
  up: '#1a7f37',
  down: '#cf222e',
  'no-carrier': '#bc4c00',
  unknown: '#656d76',
  doubt: '#656d76',
  title: '#1f2328',
};

const widthOf = (text: string): number => cellWidth(printable(text)) * charWidth + 16;

const drawBox = (x: number, y: number, text: string, color: string): string =>
  `<rect x="${x}" y="${y - box / 2}" width="${widthOf(text)}" height="${box}" rx="3" fill="#fff" stroke="${color}"/>` +
  `<text x="${x + 8}" y="${y + 4}">${escapeXml(text)}</text>`;

const drawLine = (x1: number, y1: number, x2: number, y2: number, color: string): string =>
  `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="${color}" fill="none"/>`;

const drawRow = (one: Drawn, at: number, right: number): string => {
  const x = 16 + one.depth * indent;
  const y = row * (at + 1);
  const color = colors[one.state];
  if (one.state === 'title') return `<text x="16" y="${y + 4}" font-weight="bold">${escapeXml(one.text)}</text>`;
  const elbow =
    one.parent === undefined
      ? ''
      : `<path d="M${x - indent / 2} ${row * (one.parent + 1) + box / 2}V${y}H${x}" stroke="#8c959f" fill="none"/>`;
  const own = drawBox(x, y, one.text, color);
  if (one.far === undefined) return elbow + own;
  return `${elbow}${drawLine(x + widthOf(one.text), y, right, y, color)}${own}${drawBox(right, y, one.far, one.far.startsWith('? ') ? colors.doubt : color)}`;
};

export const formatSvg = (graph: Graph): string => {
  const rows: Drawn[] = [];
  for (const host of buildWiring(graph)) {
    for (const { netns, wires } of host.netns) {
      const home = tenantsOf(graph, netns.id);
      rows.push({ depth: 0, text: netns.facts.isHost ? host.name : home, state: 'title' });
      flatten(graph, wires, home, rows, 0);
    }
  }
  const right = rows.reduce((most, one) => Math.max(most, 16 + one.depth * indent + widthOf(one.text)), 0) + gap;
  const width = rows.reduce((most, one) => Math.max(most, right + widthOf(one.far ?? '')), 0) + 16;
  const height = row * (rows.length + 1);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${height}" font-family="DejaVu Sans Mono, monospace" font-size="12" fill="#1f2328">
<rect width="100%" height="100%" fill="#fff"/>
${rows.map((one, at) => drawRow(one, at, right)).join('\n')}
</svg>
`;
};
