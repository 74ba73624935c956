/** Who is this? From any word an operator has in hand to the things it names. */
import type { ContainerId, LinkId, NetnsId } from '../model/ids.ts';
import type { Graph, PortNode } from './graph.ts';
import { findByWord } from './locate-word.ts';

export interface Located {
  readonly kind: 'link' | 'container' | 'netns' | 'address' | 'port';
  /** How the word matched: `ifname`, `ifindex`, `mac`, `container name`, `id prefix`, `pid`, `published port`, … */
  readonly matchedBy: string;
  readonly netns?: NetnsId;
  readonly container?: ContainerId;
  /** The link asked for; for a container, port or netns each of its links in turn. */
  readonly link?: LinkId;
  readonly port?: PortNode;
  readonly certainty: 'exact' | 'ambiguous' | 'unknown';
}

export type Locate = (graph: Graph, words: readonly string[]) => readonly Located[];

/** Both ends of a pair are one thing to somebody who narrows down. */
const isSameLink = (graph: Graph, a: LinkId, b: LinkId): boolean => {
  const peer = graph.links.get(a)?.peer;
  return a === b || (peer?.certainty === 'exact' && peer.to === b);
};

const agree = (graph: Graph, a: Located, b: Located): boolean => {
  if (a.link !== undefined && b.link !== undefined) return isSameLink(graph, a.link, b.link);
  if (a.container !== undefined && b.container !== undefined) return a.container === b.container;
  return a.netns !== undefined && a.netns === b.netns;
};

/** Every match of the first word that each further word also names. No word, or a word nobody knows: none. */
export const locate: Locate = (graph, words) => {
  const [first, ...rest] = words;
  if (first === undefined) return [];
  let found = findByWord(graph, first);
  for (const word of rest) {
    const narrower = findByWord(graph, word);
    found = found.flatMap((one) => {
      const other = narrower.find((candidate) => agree(graph, one, candidate));
      if (other === undefined) return [];
      return [one.link === undefined && other.link !== undefined ? { ...one, ...other } : one];
    });
  }
  return found;
};
