/** What frames of a link begin with, by its ARPHRD type (linux/if_arp.h). */
import type { FrameKind } from './compile-filter.ts';

export interface LinkKind {
  readonly frame: FrameKind;
  /** LINKTYPE_ number of what is written to files. */
  readonly linkType: number;
  readonly isLoopback: boolean;
}

const ethernet: LinkKind = { frame: 'ethernet', linkType: 1, isLoopback: false };
const ip: LinkKind = { frame: 'ip', linkType: 101, isLoopback: false };

const kinds: Readonly<Record<number, LinkKind>> = {
  1: ethernet,
  /** Loopback: frames with an Ethernet header of zeros. */
  772: { ...ethernet, isLoopback: true },
  /** ipip, sit, ip6tnl, raw IP, and links without any header (wireguard, tun). */
  519: ip,
  768: ip,
  769: ip,
  776: ip,
  65534: ip,
};

/** Undefined: frames of such links begin with something that is not known here. */
export const findLinkKind = (arphrd: number): LinkKind | undefined => kinds[arphrd];
