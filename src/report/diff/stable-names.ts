/** Names that engines make up differ from one start to the next: what they stand for does not. */
import type { Graph, LinkNode, Relation } from '../../graph/graph.ts';
import type { LinkId } from '../../model/ids.ts';
import { networkOn } from '../refs.ts';

const madeUpVeth = /^veth[0-9a-f]{7,}$/;
const madeUpBridge = /^br-[0-9a-f]{12}$/;
const madeUpInText = /\b(?:veth[0-9a-f]{7,}|br-[0-9a-f]{12})\b/g;

const linkAt = (graph: Graph, relation: Relation<LinkId> | undefined): LinkNode | undefined =>
  relation?.certainty === 'exact' ? graph.links.get(relation.to) : undefined;

export interface StableNames {
  /** `web/eth0`, `the other end of web/eth0`, `the bridge of appnet`. */
  ofLink(link: LinkNode): string;
  isMadeUp(link: LinkNode): boolean;
  /** A rule or route with such names in place of the made-up ones. */
  inText(text: string): string;
}

export const stableNames = (graph: Graph): StableNames => {
  const netnsName = (link: LinkNode): string => graph.netns.get(link.netns)?.name ?? '?';
  const plain = (link: LinkNode): string => `${netnsName(link)}/${link.facts.ifname}`;
  const stable = (link: LinkNode): string | undefined => {
    const { ifname } = link.facts;
    if (madeUpVeth.test(ifname)) {
      const peer = linkAt(graph, link.peer);
      return peer === undefined || madeUpVeth.test(peer.facts.ifname) ? undefined : `the other end of ${plain(peer)}`;
    }
    const network = madeUpBridge.test(ifname) ? networkOn(graph, link.id) : undefined;
    return network === undefined ? undefined : `the bridge of ${network}`;
  };
  const byName = new Map<string, string>();
  for (const link of graph.links.values()) {
    const name = stable(link);
    if (name !== undefined) byName.set(link.facts.ifname, name);
  }
  return {
    ofLink: (link) => stable(link) ?? plain(link),
    isMadeUp: (link) => stable(link) !== undefined,
    inText: (text) => text.replace(madeUpInText, (name) => (byName.has(name) ? `<${byName.get(name)}>` : name)),
  };
};
