/** What to call each netns: unique within its host, and as an operator would. */
import type { Container } from '../model/container.ts';
import type { HostId, NetnsId } from '../model/ids.ts';
import type { Netns } from '../model/netns.ts';

/** Known by nsid, descriptor or socket only: no process lives there and no file names it. */
export const isHidden = (netns: Netns): boolean =>
  !netns.isHost && !netns.holders.some((holder) => holder.kind === 'process' || holder.kind === 'mount');

/** Containers that own their netns come before those that share it. */
export const compareTenants = (a: Container, b: Container): number =>
  Number(a.mode === 'container') - Number(b.mode === 'container') || (a.name < b.name ? -1 : 1);

const wish = (netns: Netns, tenants: readonly Container[]): string => {
  if (netns.isHost) return 'host';
  const owner = tenants[0];
  if (owner !== undefined) return owner.name;
  const mount = netns.names[0];
  if (mount !== undefined) return mount;
  const processes = netns.holders.filter((holder) => holder.kind === 'process');
  const first = processes.reduce<(typeof processes)[number] | undefined>(
    (lowest, holder) => (lowest === undefined || holder.pid < lowest.pid ? holder : lowest),
    undefined,
  );
  if (first !== undefined) return `pid ${first.pid} (${first.comm})`;
  if (netns.inode !== 0) return `inode ${netns.inode}`;
  const seen = netns.holders.find((holder) => holder.kind === 'nsid');
  return seen === undefined ? 'unnamed netns' : `nsid ${seen.nsid}`;
};

/** Names of one host's netns. Where two would be equal (two engines, a container called `host`), the inode is added. */
export const nameNetns = (
  all: readonly Netns[],
  tenantsOf: ReadonlyMap<NetnsId, readonly Container[]>,
): ReadonlyMap<NetnsId, string> => {
  const names = new Map<NetnsId, string>();
  const taken = new Set<string>();
  const hostFirst = [...all].sort((a, b) => Number(b.isHost) - Number(a.isHost));
  for (const netns of hostFirst) {
    const wished = wish(netns, tenantsOf.get(netns.id) ?? []);
    let name = taken.has(wished) ? `${wished} (inode ${netns.inode})` : wished;
    for (let n = 2; taken.has(name); n++) name = `${wished} (${n})`;
    taken.add(name);
    names.set(netns.id, name);
  }
  return names;
};

/** Where several hosts are shown, a name alone would leave open whose it is. */
export const nameAmongHosts = (host: HostId, netns: Netns, ownName: string): string =>
  netns.isHost ? host : `${host}/${ownName}`;
