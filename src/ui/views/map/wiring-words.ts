/** What tells a link that no engine keeps from others: who made it, where its tunnel leads. */
import { isBridge, type LinkNode } from '../../../graph/graph.ts';
import { labelLink } from '../../../systems/labels.ts';
import { type Span, span, type Words } from '../../format/line.ts';
import type { ViewContext } from '../view.ts';

/** Their links are what a map is full of: the network and the container say it already. */
const usual = new Set(['Docker', 'Podman', 'the kernel', "the host's hardware"]);

/** `pipework`, `perhaps flannel`: by the first end that is known; empty for what engines and the kernel make. */
export const makerWords = (ends: readonly LinkNode[], { graph }: ViewContext): readonly Span[] => {
  const label = ends.map((link) => labelLink(graph, link.id)).find((one) => one !== undefined);
  if (label === undefined || usual.has(label.madeBy)) return [];
  return [span(label.certainty === 'certain' ? label.madeBy : `perhaps ${label.madeBy}`, 'accent')];
};

/** Addresses that the forwarding entries of a tunnel, and the tunnel itself, name as its other ends. */
const remotesOf = (link: LinkNode, { graph }: ViewContext): readonly string[] => {
  const data = link.facts.linkinfo?.info_data ?? {};
  const fixed = [data['remote'], data['remote6']].filter((one) => typeof one === 'string');
  const entries = (graph.netns.get(link.netns)?.facts.fdb ?? [])
    .filter((entry) => entry.ifname === link.facts.ifname)
    .flatMap(({ dst }) => dst ?? []);
  return [...new Set([...fixed, ...entries])].filter((one) => one !== 'any');
};

/** The host in the picture that has the address; undefined: none, or several. */
const hostWith = (address: string, { graph }: ViewContext): string | undefined => {
  const hosts = [...graph.netns.values()].filter(
    ({ facts, links }) =>
      facts.isHost && links.some((id) => graph.links.get(id)?.addresses.some(({ local }) => local === address)),
  );
  return hosts.length === 1 ? hosts[0]?.host : undefined;
};

const namedMost = 3;

/** `to 10.0.0.2 (node-b)`: where the packets of a tunnel go. */
export const remoteWords = (link: LinkNode, context: ViewContext): readonly Words[] => {
  if (link.kind === 'veth' || isBridge(link)) return [];
  const remotes = remotesOf(link, context);
  if (remotes.length === 0) return [];
  const { graph } = context;
  if (remotes.length > namedMost) return [`to ${remotes.length} other ends`];
  const named = remotes.map((address) => {
    const host = graph.hosts.size > 1 ? hostWith(address, context) : undefined;
    if (graph.hosts.size < 2) return address;
    return `${address} (${host ?? 'no host here'})`;
  });
  return [`to ${named.join(', ')}`];
};
