/** Short texts for addresses, ports, holders and relations, the same wherever they appear. */
import type { ContainerNode, LinkNode, PortNode, Relation } from '../../graph/graph.ts';
import type { LinkId } from '../../model/ids.ts';
import type { NetnsHolder } from '../../model/netns.ts';
import type { Socket } from '../../model/socket.ts';
import { type GraphIndex, linkName, linksOf, peerOf } from '../graph-index.ts';
import { type Line, line, type Span, span } from './line.ts';
import type { Glyphs } from './theme.ts';

/** IPv4 first, then IPv6; link-local addresses only when there is nothing else. */
export const addressesOf = (link: LinkNode): readonly string[] => {
  const wanted = link.addresses.filter((address) => address.scope !== 'link');
  // The link-local address of a bridge port says nothing about it.
  const shown = wanted.length > 0 || link.master !== undefined ? wanted : link.addresses;
  // Nearly every link has one: there is nothing to sort.
  return (shown.length < 2 ? shown : shown.toSorted((a, b) => a.family.localeCompare(b.family))).map(
    (address) => `${address.local}/${address.prefixlen}`,
  );
};

export const plainAddressesOf = (link: LinkNode): readonly string[] =>
  addressesOf(link).map((address) => address.slice(0, address.lastIndexOf('/')));

const isAnyAddress = (address: string): boolean => address === '0.0.0.0' || address === '::' || address === '';

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

export const hostEndOf = (port: PortNode): string =>
  `${isAnyAddress(port.published.hostIp) ? '*' : bracketed(port.published.hostIp)}:${port.published.hostPort}`;

/** With the address it is really bound to: IPv4 and IPv6 wildcards are two different ports. */
export const exactHostEndOf = (port: PortNode): string =>
  `${bracketed(port.published.hostIp === '' ? '*' : port.published.hostIp)}:${port.published.hostPort}`;

/** `*:8080→80`, and the protocol unless it is TCP. */
export const portText = (port: PortNode, glyphs: Glyphs): string =>
  `${hostEndOf(port)}${glyphs.arrow}${port.published.containerPort}${port.published.proto === 'tcp' ? '' : `/${port.published.proto}`}`;

/** Published ports of a container, IPv4 and IPv6 wildcards told once. */
export const portsText = (container: ContainerNode, index: GraphIndex, glyphs: Glyphs): readonly string[] => [
  ...new Set((index.portsOfContainer.get(container.id) ?? []).map((port) => portText(port, glyphs))),
];

/** Ends of a container's links outside it: `veth5feef27`, or the doubt. */
export const hostEndsOf = (container: ContainerNode, index: GraphIndex): readonly Span[] =>
  container.facts.mode === 'host'
    ? []
    : linksOf(index.graph, container.links).flatMap((link) => {
        if (link.peer === undefined) return [];
        const peer = peerOf(index.graph, link);
        return [peer === undefined ? span('?', 'doubt') : span(linkName(index.graph, peer))];
      });

/** The doubt of a relation in one line; undefined when there is none. */
export const doubtText = (relation: Relation<unknown>): string | undefined => {
  switch (relation.certainty) {
    case 'exact':
      return undefined;
    case 'ambiguous':
      return `one of ${relation.candidates.length}: ${relation.why}`;
    case 'unknown':
      return relation.why;
  }
};

export const relationText = (relation: Relation<LinkId> | undefined, index: GraphIndex): Line => {
  if (relation === undefined) return [];
  if (relation.certainty === 'exact') {
    const link = index.graph.links.get(relation.to);
    return line(link === undefined ? span('? (gone)', 'doubt') : linkName(index.graph, link));
  }
  return line(span(`? ${doubtText(relation) ?? ''}`, 'doubt'));
};

export const holderText = (holder: NetnsHolder): string => {
  switch (holder.kind) {
    case 'process':
      return `pid ${holder.pid} ${holder.comm}${holder.tid === undefined ? '' : ` (thread ${holder.tid})`}`;
    case 'mount':
      return holder.path;
    case 'descriptor':
      return `pid ${holder.pid} ${holder.comm} holds descriptor ${holder.fd}`;
    case 'socket':
      return `pid ${holder.pid} ${holder.comm} has socket ${holder.fd} in it`;
    case 'nsid':
      return `nsid ${holder.nsid} in another netns`;
  }
};

export const socketText = (socket: Socket): string => {
  const who = socket.processes[0];
  const place = `${isAnyAddress(socket.local) ? '*' : bracketed(socket.local)}:${socket.port}/${socket.proto}`;
  return who === undefined ? place : `${place} ${who.comm} (pid ${who.pid})`;
};
