/** What one word names: every reading of it is tried, because a number may be an ifindex, a port, a pid and an inode at once. */
import type { NetnsId } from '../model/ids.ts';
import { canonicalAddress, canonicalMac } from '../std/canonical-address.ts';
import type { ContainerNode, Graph, LinkNode, NetnsNode } from './graph.ts';
import type { Located } from './locate.ts';
import { findPorts } from './locate-port.ts';

type Finder = (graph: Graph, word: string) => readonly Located[];

const toNumber = (word: string): number | undefined => (/^\d{1,15}$/.test(word) ? Number(word) : undefined);

/** A link stands for its pair: doubt about the other end is doubt about the answer. */
export const ofLink = (graph: Graph, link: LinkNode, kind: Located['kind'], matchedBy: string): Located => {
  const container = graph.netns.get(link.netns)?.containers[0];
  const isHost = graph.netns.get(link.netns)?.facts.isHost === true;
  return {
    kind,
    matchedBy,
    netns: link.netns,
    ...(container === undefined || isHost ? {} : { container }),
    link: link.id,
    certainty: link.peer?.certainty ?? link.lowerLink?.certainty ?? 'exact',
  };
};

/** One match for each of its links; one without a link where it has none. */
export const ofContainer = (graph: Graph, node: ContainerNode, matchedBy: string): readonly Located[] => {
  const links = node.links.map((id) => graph.links.get(id)).filter((link) => link !== undefined);
  if (links.length > 0)
    return links.map((link) => ({ ...ofLink(graph, link, 'container', matchedBy), container: node.id }));
  const certainty = node.netns === undefined && node.facts.pid > 0 ? 'unknown' : 'exact';
  return [
    {
      kind: 'container',
      matchedBy,
      container: node.id,
      ...(node.netns === undefined ? {} : { netns: node.netns }),
      certainty,
    },
  ];
};

const ofNetns = (graph: Graph, node: NetnsNode, matchedBy: string): readonly Located[] => {
  const links = node.links
    .map((id) => graph.links.get(id))
    .filter((link) => link !== undefined && link.kind !== 'loopback');
  if (links.length > 0) return links.map((link) => ofLink(graph, link!, 'netns', matchedBy));
  return [
    { kind: 'netns', matchedBy, netns: node.id, certainty: node.facts.links === undefined ? 'unknown' : 'exact' },
  ];
};

const containerWord = ({ facts }: ContainerNode, word: string): string | undefined => {
  if (facts.name === word || `/${facts.name}` === word) return 'container name';
  if (facts.fullId === word || facts.fullId.slice(0, 12) === word) return 'container id';
  if (facts.compose === undefined) return undefined;
  const { project, service } = facts.compose;
  return service === word || `${project}/${service}` === word ? 'compose service' : undefined;
};

const findContainers: Finder = (graph, word) =>
  [...graph.containers.values()].flatMap((node) => {
    const matchedBy = containerWord(node, word);
    return matchedBy === undefined ? [] : ofContainer(graph, node, matchedBy);
  });

const findIdPrefix: Finder = (graph, word) =>
  /^[0-9a-f]{4,63}$/.test(word)
    ? [...graph.containers.values()]
        .filter((node) => node.facts.fullId.startsWith(word))
        .flatMap((node) => ofContainer(graph, node, 'id prefix'))
    : [];

const findLinks = (graph: Graph, accept: (link: LinkNode) => boolean, kind: Located['kind'], matchedBy: string) =>
  [...graph.links.values()].filter(accept).map((link) => ofLink(graph, link, kind, matchedBy));

const hasName = (link: LinkNode, word: string): boolean =>
  link.facts.ifname === word || link.facts.altnames?.includes(word) === true;

const findIfname: Finder = (graph, word) => findLinks(graph, (link) => hasName(link, word), 'link', 'ifname');

const findIfindex: Finder = (graph, word) => {
  const ifindex = toNumber(word);
  return ifindex === undefined ? [] : findLinks(graph, (link) => link.facts.ifindex === ifindex, 'link', 'ifindex');
};

const findMac: Finder = (graph, word) => {
  const mac = canonicalMac(word);
  return mac === undefined ? [] : findLinks(graph, (link) => link.facts.address === mac, 'link', 'mac');
};

/** Addresses the kernel has; where none has it, those an engine has given to a container that we could not look into. */
const findAddress: Finder = (graph, word) => {
  const address = canonicalAddress(word.replace(/\/\d+$/, '').replace(/%.*$/, ''));
  if (address === undefined) return [];
  const seen = findLinks(graph, (link) => link.addresses.some((one) => one.local === address), 'address', 'address');
  if (seen.length > 0) return seen;
  return [...graph.containers.values()]
    .filter((node) => node.facts.endpoints.some((one) => one.ipv4 === address || one.ipv6 === address))
    .map((node) => ({
      kind: 'address',
      matchedBy: 'endpoint address',
      container: node.id,
      ...(node.netns === undefined ? {} : { netns: node.netns }),
      certainty: 'unknown',
    }));
};

const findPid: Finder = (graph, word) => {
  const pid = toNumber(word);
  if (pid === undefined || pid === 0) return [];
  const owner = [...graph.containers.values()].find((node) => node.facts.pid === pid && node.netns !== undefined);
  if (owner !== undefined) return ofContainer(graph, owner, 'pid');
  return [...graph.netns.values()]
    .filter((node) =>
      node.facts.holders.some((holder) => holder.kind === 'process' && (holder.pid === pid || holder.tid === pid)),
    )
    .flatMap((node): readonly Located[] =>
      node.facts.isHost
        ? [{ kind: 'netns', matchedBy: 'pid', netns: node.id, certainty: 'exact' }]
        : ofNetns(graph, node, 'pid'),
    );
};

const isNetns = (node: NetnsNode, word: string): boolean => {
  const { facts } = node;
  const inode = /^net:\[(\d+)\]$/.exec(word)?.[1] ?? word;
  return (
    node.name === word ||
    node.ownName === word ||
    (facts.inode !== 0 && String(facts.inode) === inode) ||
    `${facts.dev}:${facts.inode}` === word ||
    facts.names.some((name) => name === word || name.endsWith(`/${word}`))
  );
};

/** Containers first: a netns named after its container is the container's. */
const findNetns: Finder = (graph, word) =>
  [...graph.netns.values()]
    .filter((node) => isNetns(node, word))
    .flatMap((node) => ofNetns(graph, node, /^\d+$/.test(word) ? 'netns inode' : 'netns'));

/** `NETNS:IFINDEX`, `NETNS:IFNAME`, `CONTAINER/IFNAME`. */
const findQualified: Finder = (graph, word) => {
  const cut = Math.max(word.lastIndexOf(':'), word.lastIndexOf('/'));
  if (cut <= 0 || cut === word.length - 1) return [];
  const [where, which] = [word.slice(0, cut), word.slice(cut + 1)];
  const homes = new Set<NetnsId | undefined>([
    ...[...graph.netns.values()].filter((node) => isNetns(node, where)).map((node) => node.id),
    ...[...graph.containers.values()]
      .filter((node) => containerWord(node, where) !== undefined)
      .map((node) => node.netns),
  ]);
  if (homes.size === 0) return [];
  const ifindex = toNumber(which);
  return findLinks(
    graph,
    (link) => homes.has(link.netns) && (link.facts.ifindex === ifindex || hasName(link, which)),
    'link',
    'netns and link',
  );
};

/** One thing matched in two ways is told once, the first way: by its link, its container, or its netns. */
const unique = (found: readonly Located[]): readonly Located[] => {
  const seen = new Set<string>();
  return found.filter((one) => {
    const thing = String(one.link ?? one.netns ?? one.container);
    // Two containers that share a link are two answers; a netns that was told through its container is none.
    const key = one.kind === 'container' ? `${thing} ${one.container}` : thing;
    const isNew = !seen.has(key);
    seen.add(key).add(thing);
    return isNew;
  });
};

const byPrefix: Readonly<Record<string, Finder>> = {
  container: (graph, word) => (findContainers(graph, word).length > 0 ? findContainers : findIdPrefix)(graph, word),
  netns: findNetns,
  pid: findPid,
  port: findPorts,
  ifindex: findIfindex,
  mac: findMac,
};

const finders: readonly Finder[] = [
  findContainers,
  findIfname,
  findIfindex,
  findQualified,
  findMac,
  findAddress,
  findPorts,
  findPid,
  findNetns,
];

/** Best readings first. Digits alone are read as an id's beginning only when they mean nothing else. */
export const findByWord = (graph: Graph, word: string): readonly Located[] => {
  const explicit = /^([a-z]+):(.+)$/.exec(word);
  const finder = explicit === null ? undefined : byPrefix[explicit[1]!];
  if (finder !== undefined) return unique(finder(graph, explicit![2]!));
  const found = finders.flatMap((one) => one(graph, word));
  const alsoIds = found.length === 0 || /[a-f]/.test(word) || word.length >= 12;
  return unique(alsoIds ? [...found, ...findIdPrefix(graph, word)] : found);
};
