/**
 * Which netns each nsid means, worked out from links that point at each other: files of single tools hold no list of nsids. A number is only
 * given a meaning when every link that uses it finds its other end, or what it sits on, in one and the same netns of those at hand, and no
 * other netns would do.
 */

import { parseObjects } from './mend-json.ts';

interface LinkText {
  readonly ifindex: number;
  readonly kind: string;
  readonly address?: string;
  /** What `link_index` and `link_netnsid` name: a peer, or a lower link. */
  readonly other?: { readonly ifindex: number; readonly nsid: number };
}

const parseLinks = (text: string | undefined): readonly LinkText[] =>
  parseObjects(text).flatMap((link) => {
    // Kernels before feadc4b6cf42 leave link_index out when both ends have the same ifindex.
    const { ifindex, address, link_index: other = ifindex, link_netnsid: nsid, linkinfo, link_type: type } = link;
    if (typeof ifindex !== 'number') return [];
    const kind = (linkinfo as { readonly info_kind?: unknown } | undefined)?.info_kind;
    return [
      {
        ifindex,
        kind: typeof kind === 'string' ? kind : type === 'loopback' ? 'loopback' : '',
        ...(typeof address === 'string' ? { address } : {}),
        ...(typeof other === 'number' && typeof nsid === 'number' ? { other: { ifindex: other, nsid } } : {}),
      },
    ];
  });

const isPair = ({ kind }: LinkText): boolean => kind === 'veth' || kind === 'netkit';

/**
 * A tunnel that names itself as what it sits on tells by the number the netns it was made in, whose routes its packets take
 * (rtnl_link_get_net). Engines make them in the machine's own and move them.
 */
const isMovedTunnel = (link: LinkText): boolean =>
  !isPair(link) && link.kind !== 'macvlan' && link.kind !== 'ipvlan' && link.other?.ifindex === link.ifindex;

/** Could `there` be what `link` points at? */
const fits = (link: LinkText, there: LinkText): boolean => {
  if (there.ifindex !== link.other?.ifindex) return false;
  if (isPair(link)) return there.kind === link.kind && there.other?.ifindex === link.ifindex;
  // An ipvlan has the MAC of what it sits on.
  return there.kind !== 'loopback' && (link.kind !== 'ipvlan' || there.address === link.address);
};

export interface Numbered {
  /** What `ip -j -d link` printed there. */
  readonly links: string | undefined;
  /** Nobody here knows whose it is: nothing of others is wired to it. */
  readonly isStranger: boolean;
}

/** The host's first. Answers per netns; `other` is a position in `all`. */
export const numberPairs = (
  netns: readonly Numbered[],
): readonly (readonly { readonly nsid: number; readonly other: number }[])[] => {
  const all = netns.map(({ links }) => parseLinks(links));
  return all.map((own, at) => {
    const byNsid = new Map<number, LinkText[]>();
    for (const link of own)
      if (link.other !== undefined && link.other.nsid >= 0)
        byNsid.set(link.other.nsid, [...(byNsid.get(link.other.nsid) ?? []), link]);
    return [...byNsid].flatMap(([nsid, users]) => {
      const fitting = all.flatMap((links, other) =>
        other !== at &&
        users.every((link) => (isMovedTunnel(link) ? other === 0 : links.some((there) => fits(link, there))))
          ? [other]
          : [],
      );
      const homes = fitting.filter((other) => netns[other]?.isStranger === netns[at]?.isStranger);
      // What a link sits on is the machine's own where that fits: nobody puts a macvlan upon the link of another container.
      const isHosts = at !== 0 && homes.includes(0) && users.every((link) => !isPair(link));
      const home = isHosts ? 0 : homes.length === 1 ? homes[0] : undefined;
      return home === undefined ? [] : [{ nsid, other: home }];
    });
  });
};
