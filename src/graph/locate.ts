/** Who is this? From any word an operator has in hand to the things it names. */
import type { ContainerId, LinkId, NetnsId } from '../model/ids.ts';
import type { Graph, PortNode } from './graph.ts';

export interface Located {
  readonly kind: 'link' | 'container' | 'netns' | 'address' | 'port';
  /** How the word matched: `ifname`, `ifindex`, `mac`, `container name`, `id prefix`, `pid`, `published port`, … */
  readonly matchedBy: string;
  readonly netns?: NetnsId;
  readonly container?: ContainerId;
  /** The end inside (for a container), or the link asked for. */
  readonly link?: LinkId;
  readonly port?: PortNode;
  readonly certainty: 'exact' | 'ambiguous' | 'unknown';
}

export type Locate = (graph: Graph, words: readonly string[]) => readonly Located[];
