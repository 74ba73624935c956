/** The wiring as an indented tree. */
import type { Graph, LinkNode } from '../../graph/graph.ts';
import { safeText, signsOf, type TextStyle } from '../format-table.ts';
import { buildWiring, shownAddresses, tenantsOf, type Wire } from './wiring.ts';

interface Strokes {
  readonly branch: string;
  readonly last: string;
  readonly trunk: string;
  readonly dot: string;
}

const strokesOf = ({ ascii }: TextStyle): Strokes =>
  ascii
    ? { branch: '|- ', last: '`- ', trunk: '|  ', dot: ',' }
    : { branch: '├─ ', last: '└─ ', trunk: '│  ', dot: ' ·' };

const stateText = (link: LinkNode): string => (link.state === 'up' ? '' : ` (${link.state})`);

const portText = (link: LinkNode): string => {
  const port = link.bridgePort;
  return port === undefined || port.state === 'forwarding' || link.state !== 'up' ? '' : ` (port ${port.state})`;
};

const farText = (graph: Graph, far: LinkNode): string =>
  [`${tenantsOf(graph, far.netns)}/${far.facts.ifname}${stateText(far)}`, ...shownAddresses(far)].join(' ');

const label = (graph: Graph, { link, far, doubt, network }: Wire, home: string, style: TextStyle): string => {
  const dot = strokesOf(style).dot;
  const owner = tenantsOf(graph, link.netns);
  const name = owner === home ? link.facts.ifname : `${owner}/${link.facts.ifname}`;
  const kind = ['veth', 'bridge', 'physical'].includes(link.kind) ? '' : ` ${link.kind}`;
  const own = [`${name}${stateText(link)}${portText(link)}${kind}`, ...shownAddresses(link)].join(' ');
  const other =
    far === undefined ? (doubt === undefined ? '' : ` ? ${doubt}`) : ` ${signsOf(style).pair} ${farText(graph, far)}`;
  return safeText(`${own}${other}${network === undefined ? '' : `${dot} network ${network}`}`, style);
};

const draw = (
  graph: Graph,
  wires: readonly Wire[],
  home: string,
  indent: string,
  style: TextStyle,
): readonly string[] => {
  const strokes = strokesOf(style);
  return wires.flatMap((wire, at) => {
    const isLast = at === wires.length - 1;
    const line = `${indent}${isLast ? strokes.last : strokes.branch}${label(graph, wire, home, style)}`;
    return [line, ...draw(graph, wire.below, home, indent + (isLast ? '   ' : strokes.trunk), style)];
  });
};

/** Namespaces with nothing but a loopback link. */
const lonely = (graph: Graph): readonly string[] =>
  [...graph.netns.values()]
    .filter(
      (netns) => netns.facts.links !== undefined && netns.links.every((id) => graph.links.get(id)?.kind === 'loopback'),
    )
    .map((netns) => tenantsOf(graph, netns.id));

export const formatTree = (graph: Graph, style: TextStyle): string => {
  const parts = buildWiring(graph).flatMap((host) =>
    host.netns.map(({ netns, wires }) => {
      const home = tenantsOf(graph, netns.id);
      const title = netns.facts.isHost ? host.name : `${home}${strokesOf(style).dot} netns ${netns.facts.inode}`;
      return [safeText(title, style), ...draw(graph, wires, home, '', style)].join('\n');
    }),
  );
  const alone = lonely(graph);
  const rest = alone.length === 0 ? [] : [`without wires: ${safeText(alone.join(', '), style)}`];
  return `${[...parts, ...rest].join('\n')}\n`;
};
