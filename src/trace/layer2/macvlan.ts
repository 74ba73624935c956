/** What macvlan and ipvlan links pass on between themselves (drivers/net/macvlan.c, drivers/net/ipvlan). */
import type { LinkNode } from '../../graph/graph.ts';

/** bridge, private, vepa, passthru, source; ipvlan links exchange frames as bridge does unless they are private or vepa. */
export const macvlanMode = (link: LinkNode): string => {
  const data = link.facts.linkinfo?.info_data ?? {};
  if (link.kind !== 'ipvlan') return typeof data['mode'] === 'string' ? data['mode'] : 'unknown';
  if (data['private'] === true || data['vepa'] === true) return data['private'] === true ? 'private' : 'vepa';
  const flags = data['flags'];
  return typeof flags === 'string' && (flags === 'private' || flags === 'vepa') ? flags : 'bridge';
};

/** `l2`, `l3`, `l3s`: in the l3 modes there is no ARP and the parent's netns routes. */
export const ipvlanMode = (link: LinkNode): string => {
  const mode = link.facts.linkinfo?.info_data?.['mode'];
  return typeof mode === 'string' ? mode : 'unknown';
};
