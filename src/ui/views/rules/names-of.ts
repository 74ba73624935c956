/** The words by which rules name a thing: its addresses, links, bridge and network. */
import { type Graph, isBridge, type LinkNode } from '../../../graph/graph.ts';
import { plainAddressesOf } from '../../format/names.ts';
import { linksOf, masterOf, peerOf } from '../../graph-index.ts';
import type { Ref } from '../../ref.ts';

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const wordsOfLink = (link: LinkNode, graph: Graph): readonly string[] => {
  const peer = peerOf(graph, link);
  const outside = graph.netns.get(link.netns)?.facts.isHost === true ? [link.facts.ifname] : [];
  return [
    ...outside,
    ...(isBridge(link) ? [] : plainAddressesOf(link)),
    ...(peer === undefined ? [] : [peer.facts.ifname]),
    ...(masterOf(graph, peer) === undefined ? [] : [masterOf(graph, peer)!.facts.ifname]),
  ];
};

const wordsOf = (ref: Ref, graph: Graph): readonly string[] => {
  switch (ref.kind) {
    case 'container':
      return linksOf(graph, graph.containers.get(ref.id)?.links ?? []).flatMap((link) => wordsOfLink(link, graph));
    case 'link': {
      const link = graph.links.get(ref.id);
      return link === undefined ? [] : wordsOfLink(link, graph);
    }
    case 'network': {
      const network = graph.networks.get(ref.id);
      const link = network?.link?.certainty === 'exact' ? graph.links.get(network.link.to) : undefined;
      return [
        ...(link === undefined ? [] : [link.facts.ifname]),
        ...(network?.facts.subnets.map((subnet) => subnet.subnet) ?? []),
      ];
    }
    default:
      return [];
  }
};

/** Matches rule texts that name the thing; undefined when everything is wanted. */
export const namesOf = (ref: Ref | undefined, graph: Graph): RegExp | undefined => {
  if (ref === undefined || ref.kind === 'netns') return undefined;
  const words = wordsOf(ref, graph);
  if (words.length === 0) return /(?!)/;
  return new RegExp(`(?<![\\w.:-])(?:${words.map(escaped).join('|')})(?![\\w.:-])`);
};
