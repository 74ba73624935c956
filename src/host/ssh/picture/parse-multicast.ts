/** fdb entries of a netns without bridges and tunnels: the multicast addresses that its Ethernet links listen to. */
import type { FdbEntry } from '../../../model/link.ts';

const asMac = (hex: string): string => hex.match(/../g)?.join(':') ?? hex;

/** Lines of /proc/net/dev_mcast: ifindex, name, users, global use, address. `bridge fdb` has those of Ethernet links (ndo_dflt_fdb_dump). */
export const parseMulticast = (
  text: string,
  links: readonly Readonly<Record<string, unknown>>[],
): readonly FdbEntry[] => {
  const ethernet = new Set(links.filter((link) => link['link_type'] === 'ether').map((link) => link['ifname']));
  return text.split('\n').flatMap((line) => {
    const [, ifname = '', , , address = ''] = line.trim().split(/\s+/);
    if (!ethernet.has(ifname) || !/^[0-9a-f]{12}$/.test(address)) return [];
    return [{ mac: asMac(address), ifname, flags: ['self'], state: 'permanent' }];
  });
};
