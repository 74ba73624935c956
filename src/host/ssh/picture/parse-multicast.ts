/** fdb entries of a netns without bridges and tunnels: the multicast addresses that its Ethernet links listen to. */
import type { FdbEntry } from '../../../model/link.ts';

type Listed = Readonly<Record<string, unknown>>;

/** What `ip maddress` lists by link; those with `link` are of Ethernet. `bridge fdb` has them too (ndo_dflt_fdb_dump). */
export const parseMulticast = (listed: readonly Listed[], links: readonly Listed[]): readonly FdbEntry[] => {
  const ethernet = new Set(links.filter((link) => link['link_type'] === 'ether').map((link) => link['ifname']));
  return listed.flatMap(({ ifname, maddr }) => {
    if (typeof ifname !== 'string' || !ethernet.has(ifname) || !Array.isArray(maddr)) return [];
    return maddr.flatMap(({ link }: Listed) =>
      typeof link === 'string' ? [{ mac: link, ifname, flags: ['self'], state: 'permanent' }] : [],
    );
  });
};
