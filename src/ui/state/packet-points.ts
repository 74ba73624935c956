/** At which points a capture looks for what is selected: the words `vethscope capture` takes. */
import type { Graph, LinkNode } from '../../graph/graph.ts';
import type { CaptureQuestion } from '../../session.ts';
import { indexOf } from '../graph-index.ts';
import { findFinding } from '../problems.ts';
import type { Ref } from '../ref.ts';
import { selectedItem } from './select-items.ts';
import type { UiState } from './ui-state.ts';

/** Unambiguous, also where containers share a name with something else. */
const linkWord = (graph: Graph, link: LinkNode): string => {
  const netns = graph.netns.get(link.netns);
  if (netns?.facts.isHost === true)
    return graph.hosts.size > 1 ? `host:${netns.host}/${link.facts.ifname}` : `host/${link.facts.ifname}`;
  const container = netns?.containers.map((id) => graph.containers.get(id)).find((one) => one !== undefined);
  if (container !== undefined) return `container:${container.facts.name}/${link.facts.ifname}`;
  return `netns:${netns?.facts.inode}/${link.facts.ifname}`;
};

const containerWords = (graph: Graph, id: Extract<Ref, { kind: 'container' }>['id']): readonly string[] => {
  const links = (graph.containers.get(id)?.links ?? []).flatMap((link) => graph.links.get(link) ?? []);
  return links.filter((link) => link.kind !== 'loopback').map((link) => linkWord(graph, link));
};

const linkWords = (graph: Graph, id: Extract<Ref, { kind: 'link' }>['id']): readonly string[] => {
  const link = graph.links.get(id);
  return link === undefined ? [] : [linkWord(graph, link)];
};

/** Links a rule names by -i, -o, iifname …, as far as there are any of that name. */
const ruleWords = (graph: Graph, { netns, id }: Extract<Ref, { kind: 'rule' }>, text: string): readonly string[] => {
  const named = new Set(`${id} ${text}`.split(/[\s",{}]+/));
  return (graph.netns.get(netns)?.links ?? [])
    .flatMap((link) => graph.links.get(link) ?? [])
    .filter((link) => named.has(link.facts.ifname))
    .map((link) => linkWord(graph, link));
};

const findingWords = (state: UiState, graph: Graph, id: string): readonly string[] => {
  const evidence = findFinding(state, id)?.evidence ?? [];
  return evidence.flatMap(({ link, container }) => [
    ...(link === undefined ? [] : linkWords(graph, link)),
    ...(container === undefined ? [] : containerWords(graph, container)),
  ]);
};

const netnsWords = (graph: Graph, id: Extract<Ref, { kind: 'netns' }>['id']): readonly string[] =>
  (graph.netns.get(id)?.links ?? [])
    .flatMap((link) => graph.links.get(link) ?? [])
    .filter((link) => link.kind !== 'loopback' && link.state === 'up' && link.master === undefined)
    .map((link) => linkWord(graph, link));

const wordsOf = (state: UiState, graph: Graph): readonly string[] => {
  const item = selectedItem(state);
  const ref = item?.ref;
  switch (ref?.kind) {
    case 'container':
      return containerWords(graph, ref.id);
    case 'link':
      return linkWords(graph, ref.id);
    case 'netns':
      return netnsWords(graph, ref.id);
    case 'network': {
      const link = graph.networks.get(ref.id)?.link;
      return link?.certainty === 'exact' ? linkWords(graph, link.to) : [];
    }
    case 'port': {
      const port = indexOf(graph).ports.get(ref.id);
      return port === undefined ? [] : containerWords(graph, port.container);
    }
    case 'rule':
      return ruleWords(graph, ref, item?.copy ?? '');
    case 'finding':
      return findingWords(state, graph, ref.id);
    default:
      return [];
  }
};

/** As many as fit beside a packet, and as a capture starts at once. */
const mostPoints = 12;

/** A traced path is captured at all of its points. */
export const pointsOf = (state: UiState): CaptureQuestion | { readonly why: string } => {
  const { graph } = state.session;
  if (graph === undefined) return { why: 'nothing was read yet' };
  const { from, to, answer } = state.trace;
  if (state.place.view === 'trace' && from !== undefined && to !== undefined) {
    if (answer === undefined || 'error' in answer) return { why: 'there is no path to capture on' };
    return { points: [], path: { from, to } };
  }
  const points = [...new Set(wordsOf(state, graph))];
  if (points.length === 0)
    return { why: 'choose a container, link, network, netns, rule or finding with a link, or a traced path (8)' };
  return { points: points.slice(0, mostPoints) };
};
