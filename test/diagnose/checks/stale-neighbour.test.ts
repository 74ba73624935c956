/** stale-neighbour: what it finds, and what it must not be confused with. */
import { staleNeighbour } from '../../../src/diagnose/checks/stale-neighbour.ts';
import { macOf, makeNeighbour } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(staleNeighbour, {
  finds: {
    'the host has a permanent entry with a wrong MAC address': (draft) => {
      draft.host.neighbours!.unshift(makeNeighbour('172.20.0.2', 'br-app', '02:42:de:ad:be:ef', 'PERMANENT'));
    },
    'a container has a wrong MAC address for its gateway': (draft) => {
      draft.web.neighbours!.unshift(makeNeighbour('172.20.0.1', 'eth0', '02:42:de:ad:be:ef', 'PERMANENT'));
    },
    'the host has an entry without ARP and a wrong MAC address': (draft) => {
      draft.host.neighbours!.unshift(makeNeighbour('172.20.0.2', 'br-app', '02:42:de:ad:be:ef', 'NOARP'));
    },
    'the host has a permanent entry with a wrong MAC address for an IPv6 address': (draft) => {
      draft.web
        .addresses!.find(({ ifname }) => ifname === 'eth0')!
        .addr_info.push({
          family: 'inet6',
          local: 'fd00:20::2',
          prefixlen: 64,
          scope: 'global',
        });
      draft.host.neighbours!.unshift(makeNeighbour('fd00:20::2', 'br-app', '02:42:de:ad:be:ef', 'PERMANENT'));
    },
    'an old entry outlived a container': (draft) => {
      draft.host.neighbours!.find((entry) => entry.dst === '172.20.0.2')!.lladdr = '02:42:de:ad:be:ef';
    },
  },
  ignores: {
    'state STALE with the right MAC address': (draft) => {
      draft.host.neighbours!.unshift(makeNeighbour('172.20.0.3', 'br-app', macOf.db, 'STALE'));
    },
    'FAILED entries': (draft) => {
      draft.host.neighbours!.unshift(makeNeighbour('172.20.0.3', 'br-app', undefined, 'FAILED'));
    },
    'entries for addresses nobody has': (draft) => {
      draft.host.neighbours!.unshift(makeNeighbour('172.20.0.77', 'br-app', '02:42:de:ad:be:ef', 'PERMANENT'));
    },
    'proxy entries': (draft) => {
      draft.host.neighbours!.unshift(makeNeighbour('172.20.0.2', 'br-app', '02:42:de:ad:be:ef'));
    },
  },
});
