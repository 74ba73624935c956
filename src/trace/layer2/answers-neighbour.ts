/** Would this link answer the question "who has this address"? arp_process for IPv4, ndisc_recv_ns for IPv6. */
import type { LinkNode } from '../../graph/graph.ts';
import { parseAddress, prefixContains } from '../../std/ip-address.ts';
import { routeInput } from '../routing/route-input.ts';
import { isOn, linkSysctl, maxSysctl, orSysctl } from '../sysctls.ts';
import type { NetnsView, World } from '../world.ts';

export interface NeighbourQuestion {
  readonly family: 4 | 6;
  /** Address asked for. */
  readonly target: string;
  /** The asker's address as the question carries it. */
  readonly sender: string;
}

export type NeighbourAnswer =
  | { readonly kind: 'answers'; readonly how: string }
  | { readonly kind: 'silent'; readonly why?: string }
  | { readonly kind: 'unknown'; readonly why: string };

const silent = (why?: string): NeighbourAnswer => (why === undefined ? { kind: 'silent' } : { kind: 'silent', why });

const ownInfo = (link: LinkNode, target: string) => link.addresses.find((info) => info.local === target);

/** arp_ignore's levels, as ip-sysctl.rst lists them. */
const ignores = (view: NetnsView, link: LinkNode, question: NeighbourQuestion): string | undefined => {
  const setting = maxSysctl(view, link.facts.ifname, 'arp_ignore');
  const level = Number(setting?.value ?? 0);
  const info = ownInfo(link, question.target);
  const sender = parseAddress(question.sender);
  const own = info && parseAddress(info.local);
  const near = sender && own ? prefixContains({ ...own, length: info.prefixlen }, sender) : false;
  const refused =
    level === 8 ||
    (level === 1 && info === undefined) ||
    (level === 2 && !(info !== undefined && near)) ||
    (level === 3 && info?.scope === 'host');
  return refused ? `${setting?.name}=${level}` : undefined;
};

const answersArp = (view: NetnsView, link: LinkNode, question: NeighbourQuestion): NeighbourAnswer => {
  const ifname = link.facts.ifname;
  if (!link.addresses.some((info) => info.family === 'inet') && linkSysctl(view, 4, ifname, 'forwarding') === undefined)
    return silent();
  const owns = view.links.some((one) => ownInfo(one, question.target) !== undefined);
  // An asker without an address looks for duplicates: only owners answer.
  if (question.sender === '0.0.0.0')
    return owns ? { kind: 'answers', how: `${question.target} is an address of ${view.node.name}` } : silent();
  const input = routeInput(view, {
    family: 4,
    dst: question.target,
    src: question.sender,
    iif: ifname,
    mark: 0,
    tos: 0,
  });
  if (input.kind === 'unknown') return { kind: 'unknown', why: input.reason };
  if (input.kind === 'dropped') return silent(owns ? `${view.node.name} does not answer: ${input.why}` : undefined);
  if (input.kind === 'local') {
    if (input.found.type !== 'local') return silent();
    const why = ignores(view, link, question);
    return why === undefined
      ? { kind: 'answers', how: `${question.target} is an address of ${view.node.name}` }
      : silent(`${view.node.name} ignores the question (${why})`);
  }
  if (input.kind !== 'forward') return silent();
  // arp_fwd_proxy: for addresses that lie behind another link.
  const elsewhere = input.ways.every((way) => way.link.id !== link.id);
  const proxied = isOn(orSysctl(view, ifname, 'proxy_arp'))
    ? 'proxy_arp'
    : hasProxyEntry(view, ifname, question.target)
      ? 'a proxy entry'
      : undefined;
  return elsewhere && proxied !== undefined
    ? { kind: 'answers', how: `${view.node.name} answers for it (${proxied})` }
    : silent();
};

const hasProxyEntry = (view: NetnsView, ifname: string, target: string): boolean =>
  (view.node.facts.neighbours ?? []).some(
    (entry) => entry.proxy !== undefined && entry.dev === ifname && entry.dst === target,
  );

const answersNdp = (view: NetnsView, link: LinkNode, question: NeighbourQuestion): NeighbourAnswer => {
  const info = ownInfo(link, question.target);
  if (info !== undefined) {
    if (info.tentative || info.dadfailed) return silent(`${question.target} is still tentative in ${view.node.name}`);
    return { kind: 'answers', how: `${question.target} is an address of ${view.node.name}` };
  }
  const ifname = link.facts.ifname;
  const proxies = linkSysctl(view, 6, ifname, 'proxy_ndp') === 1 || linkSysctl(view, 6, 'all', 'proxy_ndp') === 1;
  const forwards = linkSysctl(view, 6, 'all', 'forwarding') === 1;
  if (proxies && forwards && hasProxyEntry(view, ifname, question.target))
    return { kind: 'answers', how: `${view.node.name} answers for it (proxy_ndp)` };
  return silent();
};

export const answersNeighbour = (world: World, link: LinkNode, question: NeighbourQuestion): NeighbourAnswer => {
  const view = world.view(link.netns);
  if (link.facts.flags.includes('NOARP')) return silent();
  return question.family === 4 ? answersArp(view, link, question) : answersNdp(view, link, question);
};
