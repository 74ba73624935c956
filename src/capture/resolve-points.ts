/** POINT words to links: `ENDPOINT` is every link of its netns that carries its packets, `ENDPOINT/ifname` one, a bare ifname a link of the host; among several hosts `HOST/…` of that one. */
import type { Graph, LinkNode } from '../graph/graph.ts';
import type { LinkId, NetnsId } from '../model/ids.ts';
import { resolveEndpoint } from '../trace/endpoints/resolve-endpoint.ts';

export type PointsError = { readonly error: string };

const linksOf = (graph: Graph, netns: NetnsId): readonly LinkNode[] =>
  (graph.netns.get(netns)?.links ?? []).map((id) => graph.links.get(id)).filter((link) => link !== undefined);

const isNamed = (link: LinkNode, word: string): boolean =>
  link.facts.ifname === word || link.facts.altnames?.includes(word) === true;

const hostLinks = (graph: Graph, word: string): readonly LinkNode[] =>
  [...graph.hosts.values()].flatMap(({ netns }) =>
    netns === undefined ? [] : linksOf(graph, netns).filter((link) => isNamed(link, word)),
  );

const resolveNetns = (graph: Graph, word: string): readonly NetnsId[] | PointsError => {
  const found = resolveEndpoint(graph, word);
  if ('error' in found) return found;
  const netns = [...new Set(found.map((one) => one.netns).filter((id) => id !== undefined))];
  if (netns.length === 0) return { error: `${word}: is beyond what can be seen from here` };
  if (netns.length > 1) return { error: `${word}: is not unique (write container:ID, netns:INODE or pid:N)` };
  return netns;
};

/** Everything but loopback; loopback where there is nothing else. */
const everyLink = (graph: Graph, netns: NetnsId): readonly LinkNode[] => {
  const all = linksOf(graph, netns);
  const others = all.filter((link) => link.kind !== 'loopback' && link.state !== 'down');
  return others.length > 0 ? others : all.filter((link) => link.state !== 'down');
};

/** `ENDPOINT/ifname`, whatever slashes a netns' name has: the longest endpoint that is one. */
const resolveLink = (graph: Graph, word: string): LinkId | PointsError => {
  const slash = word.lastIndexOf('/');
  const ifname = word.slice(slash + 1);
  const netns = resolveNetns(graph, word.slice(0, slash));
  if ('error' in netns) return netns;
  const link = linksOf(graph, netns[0]!).find((one) => isNamed(one, ifname));
  if (link !== undefined) return link.id;
  const names = linksOf(graph, netns[0]!).map((one) => one.facts.ifname);
  return { error: `${word}: no such link there (there are ${names.join(', ')})` };
};

const ofHost = (graph: Graph, netns: NetnsId): boolean => graph.netns.get(netns)?.facts.isHost === true;

const found = <T>(result: T | PointsError): result is T =>
  !(typeof result === 'object' && result !== null && 'error' in result);

/**
 * Among several hosts `HOST/…` is of that host: a link of its own, an endpoint there, or a link of one. undefined: no such host. A container that is called as a
 * host is, and has a link of that name, could be meant as well.
 */
const resolveOnHost = (graph: Graph, word: string): readonly LinkId[] | PointsError | undefined => {
  const slash = word.indexOf('/');
  const [name, rest] = [word.slice(0, slash), word.slice(slash + 1)];
  const hosts = [...graph.hosts];
  const [, host] = hosts.find(([id]) => id === name) ?? hosts.find(([, { facts }]) => facts.hostname === name) ?? [];
  if (graph.hosts.size < 2 || slash <= 0 || host?.netns === undefined) return undefined;
  const own = linksOf(graph, host.netns).find((link) => isNamed(link, rest));
  const there = resolveNetns(graph, word);
  const namesakes = [...graph.containers.values()].filter(
    ({ facts, netns }) =>
      facts.name === name && netns !== undefined && linksOf(graph, netns).some((link) => isNamed(link, rest)),
  );
  const readings = [
    ...(own === undefined ? [] : [`link ${rest} of host ${name} (write host:${word})`]),
    ...(found(there) ? [`${rest} on host ${name} (write container:ID or netns:INODE)`] : []),
    ...namesakes.map(
      ({ facts }) => `link ${rest} of container ${name} (write container:${facts.fullId.slice(0, 12)}/${rest})`,
    ),
  ];
  if (readings.length > 1) return { error: `${word}: can mean ${readings.join(', or ')}` };
  if (own !== undefined) return [own.id];
  if (found(there)) {
    const links = everyLink(graph, there[0]!).map((link) => link.id);
    return links.length > 0 ? links : { error: `${word}: its netns has no link that is up` };
  }
  return undefined;
};

const resolvePoint = (graph: Graph, word: string): readonly LinkId[] | PointsError => {
  const onHost = hostLinks(graph, word);
  if (onHost.length === 1) return [onHost[0]!.id];
  if (onHost.length > 1) return { error: `${word}: several hosts have such a link (write host:NAME/${word})` };
  const there = resolveOnHost(graph, word);
  if (there !== undefined) return there;
  if (word.includes('/')) {
    const link = resolveLink(graph, word);
    return typeof link === 'string' ? [link] : link;
  }
  const netns = resolveNetns(graph, word);
  if ('error' in netns) return netns;
  const [id] = netns;
  // All links of a host would show each packet several times over, and be hundreds.
  if (id !== undefined && ofHost(graph, id)) return { error: `${word}: name a link of it, as in ${word}/docker0` };
  const links = everyLink(graph, id!).map((link) => link.id);
  return links.length > 0 ? links : { error: `${word}: its netns has no link that is up` };
};

/** In the order of the words, each link once. */
export const resolvePoints = (graph: Graph, words: readonly string[]): readonly LinkId[] | PointsError => {
  const found = new Set<LinkId>();
  for (const word of words) {
    const links = resolvePoint(graph, word);
    if ('error' in links) return links;
    for (const id of links) found.add(id);
  }
  return [...found];
};
