/** The wiring in Graphviz's language: a cluster a netns, an edge a relation. */
import { type Graph, isBridge, type LinkNode } from '../../graph/graph.ts';
import { printable } from '../../std/printable.ts';
import { linkAt } from '../refs.ts';
import { shownAddresses, tenantsOf } from './wiring.ts';

const quote = (text: string): string => `"${printable(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Lines of a label; `\n` is Graphviz's own line break, so it is put in after quoting. */
const quoteLines = (lines: readonly string[]): string =>
  `"${lines.map((line) => quote(line).slice(1, -1)).join('\\n')}"`;

const colors: Readonly<Record<LinkNode['state'], string>> = {
  up: 'black',
  down: 'red',
  'no-carrier': 'orange',
  unknown: 'gray40',
};

const node = (link: LinkNode): string => {
  const shape = isBridge(link) ? 'box3d' : 'box';
  const label = quoteLines([link.facts.ifname, ...shownAddresses(link)]);
  return `    ${quote(link.id)} [shape=${shape}, color=${colors[link.state]}, label=${label}];`;
};

const edges = (graph: Graph, link: LinkNode): readonly string[] => {
  const peer = linkAt(graph, link.peer);
  const lower = linkAt(graph, link.lowerLink);
  const master = link.master;
  return [
    // A pair is drawn once, from its smaller id.
    ...(peer !== undefined && link.id < peer.id ? [`  ${quote(link.id)} -- ${quote(peer.id)};`] : []),
    ...(lower === undefined
      ? []
      : [`  ${quote(lower.id)} -- ${quote(link.id)} [style=dashed, label=${quote(link.kind)}];`]),
    ...(master === undefined ? [] : [`  ${quote(master)} -- ${quote(link.id)} [style=bold];`]),
    ...(link.peer !== undefined && link.peer.certainty !== 'exact'
      ? [
          `  ${quote(`${link.id}?`)} [shape=plaintext, label="?"];`,
          `  ${quote(link.id)} -- ${quote(`${link.id}?`)} [style=dotted];`,
        ]
      : []),
  ];
};

export const formatDot = (graph: Graph): string => {
  const shown = [...graph.links.values()].filter((link) => link.kind !== 'loopback');
  const clusters = [...graph.netns.values()].flatMap((netns, at) => {
    const links = shown.filter((link) => link.netns === netns.id);
    const title = netns.facts.isHost
      ? (graph.hosts.get(netns.host)?.facts.hostname ?? 'host')
      : tenantsOf(graph, netns.id);
    return [
      `  subgraph cluster_${at} {`,
      `    label=${quote(title)};`,
      ...links.map(node),
      ...(links.length === 0 ? [`    "empty ${at}" [style=invis];`] : []),
      '  }',
    ];
  });
  return `${['graph vethscope {', '  rankdir=LR;', '  node [fontname="monospace"];', ...clusters, ...shown.flatMap((link) => edges(graph, link)), '}'].join('\n')}\n`;
};
