/** The wiring as a Mermaid flowchart, for Markdown pages. */
import { type Graph, isBridge, type LinkNode } from '../../graph/graph.ts';
import type { LinkId } from '../../model/ids.ts';
import { printable } from '../../std/printable.ts';
import { linkAt } from '../refs.ts';
import { shownAddresses, tenantsOf } from './wiring.ts';

/** Mermaid knows HTML entities by number, written with `#`; everything that could be its syntax becomes one. */
const quote = (lines: readonly string[]): string =>
  `"${lines.map((line) => printable(line).replace(/[^\w .:/+-]/gu, (char) => `#${char.codePointAt(0)};`)).join('<br/>')}"`;

export const formatMermaid = (graph: Graph): string => {
  const shown = [...graph.links.values()].filter((link) => link.kind !== 'loopback');
  const ids = new Map<LinkId, string>(shown.map((link, at) => [link.id, `l${at}`] as const));
  const node = (link: LinkNode): string => {
    const label = quote([link.facts.ifname, ...shownAddresses(link), ...(link.state === 'up' ? [] : [link.state])]);
    return `    ${ids.get(link.id)}${isBridge(link) ? `[[${label}]]` : `[${label}]`}`;
  };
  const clusters = [...graph.netns.values()].flatMap((netns, at) => {
    const links = shown.filter((link) => link.netns === netns.id);
    if (links.length === 0) return [];
    const title = netns.facts.isHost
      ? (graph.hosts.get(netns.host)?.facts.hostname ?? 'host')
      : tenantsOf(graph, netns.id);
    return [`  subgraph n${at} [${quote([title])}]`, ...links.map(node), '  end'];
  });
  const edges = shown.flatMap((link) => {
    const own = ids.get(link.id);
    const peer = linkAt(graph, link.peer);
    const lower = linkAt(graph, link.lowerLink);
    return [
      ...(peer !== undefined && link.id < peer.id ? [`  ${own} --- ${ids.get(peer.id)}`] : []),
      ...(lower === undefined ? [] : [`  ${ids.get(lower.id)} -. ${link.kind} .- ${own}`]),
      ...(link.master === undefined ? [] : [`  ${ids.get(link.master)} === ${own}`]),
      ...(link.peer !== undefined && link.peer.certainty !== 'exact' ? [`  ${own} -.- ${own}u((?))`] : []),
    ];
  });
  return `${['flowchart LR', ...clusters, ...edges].join('\n')}\n`;
};
