/** Prints how many ms the kernel alone takes for the links, addresses and nsids of every netns of the machine it runs on. */
import { discoverQuickly } from '../../src/host/namespaces/discover.ts';
import { stayingHome } from '../../src/host/namespaces/open-netns.ts';
import { newArena } from '../../src/host/netlink/kernel/arena.ts';
import { ask } from '../../src/host/netlink/kernel/netlink-socket.ts';
import { idOf } from '../../src/host/netlink/kernel/netns-pass.ts';
import { getAddresses, getLinks, getNsids } from '../../src/host/netlink/kernel/requests.ts';
import { visitNetns } from '../../src/host/netlink/kernel/visit.ts';

/** Open, enter, socket, three dumps, close: nothing decoded. */
export const rawDumps = (): number => {
  const arena = newArena(1024 * 1024);
  const { found } = discoverQuickly([], []);
  const start = performance.now();
  stayingHome(() => {
    for (const netns of found.byInode.values())
      visitNetns(idOf('bench', netns), netns, [], ({ route }) => {
        for (const request of [getLinks, getAddresses, getNsids]) ask(route, request, arena);
        arena.length = 0;
      });
  });
  return performance.now() - start;
};

const times = Array.from({ length: 5 }, rawDumps);
process.stdout.write(String(Math.min(...times)));
