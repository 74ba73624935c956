/** What hangs on a bridge or on a lower link: veths with their other end, tunnels, macvlans, in aligned columns. */
import type { LinkNode } from '../../../graph/graph.ts';
import type { NetnsId } from '../../../model/ids.ts';
import { isFaulty, linkHealth } from '../../format/health.ts';
import { joined, type Line, line, span, type Words, widthOf } from '../../format/line.ts';
import { linksOf, peerOf } from '../../graph-index.ts';
import type { ViewContext } from '../view.ts';
import type { MapNode } from './branch.ts';
import { kindText, nameBeside, type Port, plainPort, vethPort } from './port.ts';

/** Wider names push the rest to the right instead of stretching every row. */
const nameLimit = 26;

/** Of a bridge with hundreds of ports the first are enough to find the columns by. */
const measured = 100;

const pad = (words: Words, width: number): Line => line(words, span(' '.repeat(Math.max(0, width - widthOf(words)))));

const portItem = (
  port: Port,
  context: ViewContext,
  widths: { near: number; far: number; address: number },
): MapNode => {
  const health = linkHealth(port.link, context.index);
  const far = peerOf(context.graph, port.link);
  const faulty = isFaulty(health) || (far !== undefined && isFaulty(linkHealth(far, context.index)));
  return {
    item: {
      id: `link ${port.link.id}`,
      ref: { kind: 'link', id: port.link.id },
      faulty,
      copy: port.near,
    },
    words: () => {
      const notes = port.notes();
      return line(
        pad(port.near, widths.near),
        ' ',
        port.joint(),
        ' ',
        pad(port.far(), widths.far),
        '  ',
        pad(port.address(), widths.address),
        notes.length > 0 && '  ',
        joined(notes, '  '),
      );
    },
    keywords: () => `${port.link.facts.address ?? ''} ${far?.facts.address ?? ''}`,
    children: [],
  };
};

const alignedNodes = (ports: readonly Port[], context: ViewContext, shown: Set<NetnsId>): readonly MapNode[] => {
  const widest = (textsOf: (port: Port) => Words): number =>
    ports.slice(0, measured).reduce((width, port) => Math.max(width, Math.min(nameLimit, widthOf(textsOf(port)))), 0);
  const widths = {
    near: widest((port) => port.near),
    far: widest((port) => port.far()),
    address: Math.min(
      15,
      widest((port) => port.address()),
    ),
  };
  return ports.map((port) => ({
    ...portItem(port, context, widths),
    children: upperNodes(port.link, context, shown),
  }));
};

export const portNodes = (links: readonly LinkNode[], context: ViewContext, shown: Set<NetnsId>): readonly MapNode[] =>
  alignedNodes(
    links.map((link) =>
      link.kind === 'veth' || link.peer !== undefined ? vethPort(link, context, shown) : plainPort(link, context),
    ),
    context,
    shown,
  );

/** Macvlans, vlans and tunnels that sit on a link: the joint leads from the lower link to where the upper one lives. */
export const upperNodes = (lower: LinkNode, context: ViewContext, shown: Set<NetnsId>): readonly MapNode[] =>
  linksOf(context.graph, lower.upperLinks).map((link) => {
    shown.add(link.netns);
    const health = linkHealth(link, context.index);
    const base = plainPort(link, context);
    const netns = context.graph.netns.get(link.netns);
    const port: Port = {
      ...base,
      near: `${lower.facts.ifname} ${kindText(link)}`,
      joint: () =>
        link.state === 'down'
          ? span(context.glyphs.down, 'bad')
          : span(context.glyphs.rule.repeat(2), isFaulty(health) ? 'warn' : 'good'),
      far: () => nameBeside(link, lower, context),
      notes: () => [
        ...base.notes(),
        ...(netns?.facts.isHost !== true && (link.kind === 'macvlan' || link.kind === 'ipvlan')
          ? [span('not from the host, by design', 'dim')]
          : []),
      ],
    };
    const node = portItem(port, context, { near: 0, far: 0, address: 0 });
    return { ...node, children: netns?.facts.isHost === true ? upperNodes(link, context, shown) : [] };
  });
