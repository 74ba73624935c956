/** Where a tunnel's link sends a frame: by its own forwarding entries, the entry for unknown addresses, or its fixed other end. */
import type { FdbEntry } from '../../model/link.ts';
import type { World } from '../world.ts';
import { daemonRemotes } from './daemon-peers.ts';
import type { Tunnel } from './tunnel.ts';

export interface Remote {
  readonly address: string;
  readonly port?: number;
  readonly key?: number;
  /** The entry as bridge(8) prints it; absent: the link's own setting. */
  readonly entry?: string;
}

const unknownMac = '00:00:00:00:00:00';

const printEntry = (entry: FdbEntry): string =>
  [entry.mac, 'dev', entry.ifname, 'dst', entry.dst, ...entry.flags, entry.state].filter(Boolean).join(' ');

const isOwn = (entry: FdbEntry, ifname: string): boolean =>
  entry.ifname === ifname && (entry.dst !== undefined || entry['nhid'] !== undefined);

/** Entries of the link itself, not of a bridge it is a port of. undefined: not read. */
const ownEntries = (world: World, tunnel: Tunnel): readonly FdbEntry[] | undefined =>
  world.view(tunnel.link.netns).node.facts.fdb?.filter((entry) => isOwn(entry, tunnel.link.facts.ifname));

const toRemote = (entry: FdbEntry): Remote => ({
  address: entry.dst ?? '',
  ...(entry.port !== undefined && { port: entry.port }),
  ...(entry.vni !== undefined && { key: entry.vni }),
  entry: printEntry(entry),
});

/** MACs the link has an entry for. */
export const macsBehind = (world: World, tunnel: Tunnel): ReadonlySet<string> =>
  new Set((ownEntries(world, tunnel) ?? []).map((entry) => entry.mac).filter((mac) => mac !== unknownMac));

/** An entry for exactly this MAC (vxlan_find_mac). */
export const remotesOf = (world: World, tunnel: Tunnel, mac: string): readonly Remote[] =>
  (ownEntries(world, tunnel) ?? []).filter((entry) => entry.mac === mac).map(toRemote);

/** Everybody who gets what is for nobody in particular: the all-zeros entries, else the link's own other end. */
export const floodRemotes = (world: World, tunnel: Tunnel): readonly Remote[] => {
  if (tunnel.daemon !== undefined) return daemonRemotes(world, tunnel);
  const listed = tunnel.kind === 'vxlan' ? remotesOf(world, tunnel, unknownMac) : [];
  if (listed.length > 0 || tunnel.remote === undefined) return listed;
  return [{ address: tunnel.remote }];
};

export const wereRead = (world: World, tunnel: Tunnel): boolean =>
  tunnel.kind !== 'vxlan' || tunnel.switch !== undefined || ownEntries(world, tunnel) !== undefined;

const flag = (tunnel: Tunnel, name: string): unknown => tunnel.link.facts.linkinfo?.info_data?.[name];
export const learns = (tunnel: Tunnel): boolean => tunnel.kind === 'vxlan' && flag(tunnel, 'learning') !== false;
/** Answers questions for neighbours from the table of its netns and lets none of them through (VXLAN_F_PROXY, arp_reduce). */
export const answersItself = (tunnel: Tunnel): boolean => tunnel.kind === 'vxlan' && flag(tunnel, 'proxy') === true;

/** A fixed entry for the frame's source that names another host: the kernel takes it for forged and drops it (vxlan_snoop). */
export const contradictingEntry = (
  world: World,
  tunnel: Tunnel,
  mac: string | undefined,
  from: string,
): string | undefined => {
  if (mac === undefined || !learns(tunnel)) return undefined;
  const entry = (ownEntries(world, tunnel) ?? []).find((one) => one.mac === mac);
  const fixed = entry !== undefined && (entry.state === 'permanent' || entry.state === 'static');
  return fixed && entry.dst !== from ? printEntry(entry) : undefined;
};
