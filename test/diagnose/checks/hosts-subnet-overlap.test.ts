/** hosts-subnet-overlap: what it finds between two hosts, and what it must not be confused with. */
import { hostsSubnetOverlap } from '../../../src/diagnose/checks/hosts-subnet-overlap.ts';
import { type HostDraft, testHostsCheck } from '../two-hosts.ts';

/** As the first host: its bridge, its tunnel's address, its routes. */
const sameSubnet = ({ host }: HostDraft): void => {
  const text = JSON.stringify([host.addresses, host.routes]).replaceAll('10.244.2.', '10.244.1.');
  [host.addresses, host.routes] = JSON.parse(text);
  host.routes = host.routes!.filter((route) => route.dev !== 'flannel.1' || route.type === 'local');
};

testHostsCheck(hostsSubnetOverlap, {
  wiring: 'flannel',
  finds: {
    'flannel has given both hosts one subnet': ({ b }) => sameSubnet(b),
  },
  ignores: {
    'docker0 is alike on both and stays inside': ({ a, b }) => {
      for (const { host } of [a, b]) {
        host.addresses!.find((entry) => entry.ifname === 'docker0')!.addr_info[0]!.local = '172.17.0.1';
        host.addresses!.find((entry) => entry.ifname === 'docker0')!.addr_info[0]!.prefixlen = 16;
      }
    },
    'subnets that lie next to each other': ({ b }) => {
      b.host.addresses!.find((entry) => entry.ifname === 'docker0')!.addr_info[0]!.prefixlen = 25;
    },
  },
});
