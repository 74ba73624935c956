/** Puts answers about the same namespaces together. */
import type { NetnsId } from '../model/ids.ts';
import type { Netns } from '../model/netns.ts';

/** Of each netns of `newer`: its own facts, and those of `older` that it was not asked for. */
export function mergeNetns(older: readonly Netns[], newer: readonly Netns[]): readonly Netns[] {
  const before = byId(older);
  return newer.map((netns) => ({ ...before.get(netns.id), ...netns }));
}

/** Like mergeNetns, but namespaces only `older` knows stay. */
export function updateNetns(older: readonly Netns[], newer: readonly Netns[]): readonly Netns[] {
  const merged = byId(mergeNetns(older, newer));
  const known = byId(older);
  return sortNetns([
    ...older.map((netns) => merged.get(netns.id) ?? netns),
    ...newer.filter(({ id }) => !known.has(id)),
  ]);
}

/** Namespaces of `these` that `those` lacks. */
export function missingFrom(those: readonly Netns[], these: readonly Netns[]): readonly NetnsId[] {
  const known = byId(those);
  return these.map(({ id }) => id).filter((id) => !known.has(id));
}

/** The host's own first, then by inode. */
export function sortNetns(netns: readonly Netns[]): readonly Netns[] {
  return netns.toSorted((a, b) => Number(b.isHost) - Number(a.isHost) || a.inode - b.inode || (a.id < b.id ? -1 : 1));
}

function byId(netns: readonly Netns[]): ReadonlyMap<NetnsId, Netns> {
  return new Map(netns.map((one) => [one.id, one]));
}
