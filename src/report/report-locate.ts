/** `vethscope locate WORD…`: who is this, as sentences and as a document. */
import { type ContainerNode, type Graph, isBridge, type LinkNode } from '../graph/graph.ts';
import type { Located } from '../graph/locate.ts';
import { labelLink, labelNetns } from '../systems/labels.ts';
import { makeHead } from './document.ts';
import {
  addressTexts,
  containerOf,
  containerRef,
  doubtOf,
  linkAt,
  linkEnd,
  netnsRef,
  netnsWithPids,
  networkOn,
  optional,
} from './refs.ts';
import type { Match } from './schemas/locate-schema.ts';

/** Which of two ends is further inside: in a container's netns, in another netns, in the host's. */
const depth = (graph: Graph, link: LinkNode): number => {
  const node = graph.netns.get(link.netns);
  if (node === undefined || node.facts.isHost) return 0;
  return node.containers.length > 0 ? 2 : 1;
};

/** The end inside and the other end. Asked for the outer end of a container's veth, the answer is still about the container. */
const orient = (graph: Graph, asked: LinkNode): { readonly inside: LinkNode; readonly other?: LinkNode } => {
  const other = linkAt(graph, asked.peer);
  if (other === undefined) return { inside: asked };
  return depth(graph, other) > depth(graph, asked) ? { inside: other, other: asked } : { inside: asked, other };
};

const bridgeOf = (graph: Graph, link: LinkNode, other: LinkNode | undefined): LinkNode | undefined => {
  if (isBridge(link)) return link;
  const id = other?.master ?? link.master;
  const master = id === undefined ? undefined : graph.links.get(id);
  return master !== undefined && isBridge(master) ? master : undefined;
};

const networkOf = (graph: Graph, bridge: LinkNode, container: ContainerNode | undefined): string | undefined =>
  networkOn(graph, bridge.id) ??
  container?.facts.endpoints.find(
    (one) => one.gateway4 !== undefined && bridge.addresses.some((a) => a.local === one.gateway4),
  )?.network;

const linkParts = (graph: Graph, asked: LinkNode, container: ContainerNode | undefined): Partial<Match> => {
  const { inside, other } = orient(graph, asked);
  const bridge = bridgeOf(graph, inside, other);
  const lower = linkAt(graph, inside.lowerLink);
  return {
    netns: netnsWithPids(graph, inside.netns),
    link: {
      ifindex: inside.facts.ifindex,
      ifname: inside.facts.ifname,
      kind: inside.kind,
      ...optional('mac', inside.facts.address),
      addresses: addressTexts(inside),
      state: inside.state,
    },
    ...(other === undefined ? optional('peerDoubt', doubtOf(graph, inside.peer)) : { peer: linkEnd(graph, other) }),
    ...(lower === undefined ? {} : { lowerLink: linkEnd(graph, lower) }),
    ...(bridge === undefined
      ? {}
      : {
          bridge: {
            ifname: bridge.facts.ifname,
            netns: netnsRef(graph, bridge.netns),
            ...optional('network', networkOf(graph, bridge, container)),
          },
        }),
    ...optional('madeBy', (labelLink(graph, asked.id) ?? labelLink(graph, inside.id))?.madeBy),
  };
};

const findContainer = (graph: Graph, located: Located, link: LinkNode | undefined): ContainerNode | undefined => {
  if (located.container !== undefined) return graph.containers.get(located.container);
  return link === undefined ? undefined : containerOf(graph, orient(graph, link).inside.netns);
};

export const makeMatch = (graph: Graph, located: Located): Match => {
  const link = located.link === undefined ? undefined : graph.links.get(located.link);
  const container = findContainer(graph, located, link);
  const netns = located.netns;
  const tenants =
    netns === undefined || container === undefined ? [] : (graph.netns.get(container.netns ?? netns)?.containers ?? []);
  const others = tenants
    .filter((id) => id !== container?.id)
    .flatMap((id) => graph.containers.get(id)?.facts.name ?? []);
  return {
    kind: located.kind,
    matchedBy: located.matchedBy,
    ...(container === undefined ? {} : { container: containerRef(container) }),
    ...(netns === undefined
      ? {}
      : { netns: netnsWithPids(graph, netns), ...optional('madeBy', labelNetns(graph, netns)?.madeBy) }),
    ...(link === undefined ? {} : linkParts(graph, link, container)),
    ...optional('port', located.port && { ...located.port.published }),
    ...(others.length === 0 || container?.facts.mode === 'host' ? {} : { sharedWith: others }),
    certainty: located.certainty,
  };
};

export const locateDocument = (graph: Graph, words: readonly string[], found: readonly Located[]) => ({
  ...makeHead('locate', graph),
  words,
  matches: found.map((located) => makeMatch(graph, located)),
});
