/** Whose published port is this? `8080`, `:8080`, `8080/udp`, `127.0.0.1:8080`. */
import { canonicalAddress } from '../std/canonical-address.ts';
import type { ContainerNode, Graph, LinkNode, PortNode } from './graph.ts';
import type { Located } from './locate.ts';
import { ofLink } from './locate-word.ts';

interface PortWord {
  readonly address?: string;
  readonly port: number;
  readonly proto?: string;
}

const parsePortWord = (word: string): PortWord | undefined => {
  const match = /^(?:\[?([0-9a-fA-F.:]*)\]?:)?(\d{1,5})(?:\/(tcp|udp|sctp))?$/.exec(word);
  if (match === null) return undefined;
  const [, address, port, proto] = match;
  const canonical = address === undefined || address === '' ? undefined : canonicalAddress(address);
  if (address !== undefined && address !== '' && canonical === undefined) return undefined;
  return {
    port: Number(port),
    ...(canonical === undefined ? {} : { address: canonical }),
    ...(proto === undefined ? {} : { proto }),
  };
};

const wildcards = new Set(['', '0.0.0.0', '::']);

const matches = ({ published }: PortNode, word: PortWord): boolean =>
  published.hostPort === word.port &&
  (word.proto === undefined || published.proto === word.proto) &&
  (word.address === undefined || published.hostIp === word.address || wildcards.has(published.hostIp));

/** The links the port leads to: those whose address its DNAT rules name; without rules, all the container has. */
const linksOf = (graph: Graph, node: ContainerNode, port: PortNode): readonly LinkNode[] => {
  const links = node.links.map((id) => graph.links.get(id)).filter((link) => link !== undefined);
  const rules = port.dnatRules ?? [];
  const named = links.filter((link) => link.addresses.some(({ local }) => rules.some((rule) => pointsTo(rule, local))));
  return named.length > 0 ? named : links;
};

const pointsTo = (rule: string, address: string): boolean =>
  rule.includes(` ${address}:`) || rule.includes(`[${address}]`) || rule.endsWith(` ${address}`);

const locatePort = (graph: Graph, port: PortNode): readonly Located[] => {
  const node = graph.containers.get(port.container);
  if (node === undefined) return [];
  const links = linksOf(graph, node, port);
  const about = { kind: 'port', matchedBy: 'published port', container: node.id, port } as const;
  if (links.length > 0) return links.map((link) => ({ ...ofLink(graph, link, 'port', 'published port'), ...about }));
  return [
    node.netns === undefined ? { ...about, certainty: 'unknown' } : { ...about, netns: node.netns, certainty: 'exact' },
  ];
};

export const findPorts = (graph: Graph, word: string): readonly Located[] => {
  const wanted = parsePortWord(word);
  if (wanted === undefined) return [];
  return graph.ports.filter((port) => matches(port, wanted)).flatMap((port) => locatePort(graph, port));
};
