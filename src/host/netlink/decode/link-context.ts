/** What a decoder must know beyond the message: names of links in the same netns, and iproute2's tables of names. */
import type { NameTables } from './names.ts';

export interface LinkContext {
  readonly names: NameTables;
  /** Name of a link of the netns the message was read in. */
  nameOf(ifindex: number): string | undefined;
  /** Whether that link is up (IFF_UP); undefined when unknown. */
  isUp(ifindex: number): boolean | undefined;
}

export interface KnownLink {
  readonly name: string;
  readonly up: boolean;
}

export const linkContext = (names: NameTables, links: ReadonlyMap<number, KnownLink>): LinkContext => ({
  names,
  nameOf: (ifindex) => links.get(ifindex)?.name,
  isUp: (ifindex) => links.get(ifindex)?.up,
});

/** A link's name, or `if7` when it is not known: what iproute2 prints too. */
export const linkNameOr = (context: LinkContext, ifindex: number): string => context.nameOf(ifindex) ?? `if${ifindex}`;
