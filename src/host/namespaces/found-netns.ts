/** A network namespace that was found, before anything is read inside: its identity, who holds it, and the doors to it. */
import type { NetnsHolder } from '../../model/netns.ts';

export interface FoundNetns {
  readonly dev: number;
  readonly inode: number;
  readonly names: string[];
  readonly holders: NetnsHolder[];
  /** Paths that open it, most lasting first: each may be gone, or lead elsewhere, by the time it is used. */
  readonly doors: string[];
}

/** inode → what was found. nsfs is one file system for the whole kernel, so the inode alone tells them apart. */
export interface FoundNamespaces {
  /** Device of nsfs. */
  readonly dev: number;
  readonly byInode: Map<number, FoundNetns>;
  /** Where netns are mounted, in any mount namespace looked into. */
  readonly mountPaths: Set<string>;
}

export const netnsFound = (found: FoundNamespaces, inode: number): FoundNetns => {
  const known = found.byInode.get(inode);
  if (known !== undefined) return known;
  const fresh: FoundNetns = { dev: found.dev, inode, names: [], holders: [], doors: [] };
  found.byInode.set(inode, fresh);
  return fresh;
};

/** `net:[4026531833]` → 4026531833. */
export const netnsInode = (link: string): number | undefined => {
  if (!link.startsWith('net:[')) return undefined;
  const inode = Number(link.slice(5, -1));
  return Number.isSafeInteger(inode) ? inode : undefined;
};
