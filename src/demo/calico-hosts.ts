/** Two hosts whose containers are routed without a bridge, as Calico does it: one route a workload, blocks learnt by BGP. */
import type { Command } from '../model/change.ts';
import { batch } from './build-commands.ts';
import type { DemoContainer, DemoHost } from './story.ts';

const wireAddress = (n: number): string => `10.99.0.1${n}`;

const container = (n: number, last: number, name: string, process: string, port: number): DemoContainer => ({
  name,
  image: `shop/${name}`,
  netns: 'own',
  endpoints: [
    {
      network: 'prod',
      address: `192.168.${n}.${last}`,
      hostEnd: `cali${n}c4d5e6f70${last}`,
      ifname: 'cali0',
      mac: `02:ca:11:00:0${n}:0${last}`,
    },
  ],
  process,
  listens: { port },
});

/** The host answers for a gateway that nobody has, and routes to each workload by its own link. */
const wire = ({ name, endpoints }: DemoContainer): readonly Command[] =>
  endpoints.flatMap(({ hostEnd, ifname, address, mac }) => [
    batch([
      `link add ${hostEnd} address ee:ee:ee:ee:ee:ee type veth peer name ${ifname} address ${mac} netns ${name}`,
      `link set ${hostEnd} up`,
      `route add ${address}/32 dev ${hostEnd} scope link`,
    ]),
    {
      argv: ['sysctl', '-q', '-w', `net.ipv4.conf.${hostEnd}.proxy_arp=1`, `net.ipv4.neigh.${hostEnd}.proxy_delay=0`],
    },
    batch(
      [
        `addr add ${address}/32 dev ${ifname}`,
        `link set ${ifname} up`,
        `route add 169.254.1.1 dev ${ifname} scope link`,
        `route add default via 169.254.1.1 dev ${ifname}`,
      ],
      name,
    ),
  ]);

interface Change {
  /** The BGP session of this host does not stand: it has learnt nothing. */
  readonly alone?: 'node-a' | 'node-b';
}

const node = (n: number, far: number, containers: readonly DemoContainer[], { alone }: Change): DemoHost => {
  const name = n === 1 ? 'node-a' : 'node-b';
  const learnt = `route add 192.168.${far}.0/26 via ${wireAddress(far)} dev eth0 proto bird`;
  return {
    name,
    address: wireAddress(n),
    world: {
      networks: [{ name: 'prod', driver: 'calico', bridge: '', gateway: '', subnet: '192.168.0.0/16', icc: true }],
      containers,
      userRules: ['-i cali+ -j ACCEPT', '-o cali+ -j ACCEPT'],
      byHand: () => [
        ...containers.flatMap(wire),
        batch([`route add blackhole 192.168.${n}.0/26 proto bird`, ...(alone === name ? [] : [learnt])]),
      ],
      breaks: [],
    },
  };
};

export const calicoHosts = (change: Change): readonly DemoHost[] => [
  node(1, 2, [container(1, 2, 'web', 'nginx', 80), container(1, 3, 'api', 'api', 3000)], change),
  node(2, 1, [container(2, 2, 'db', 'postgres', 5432), container(2, 3, 'cache', 'redis-server', 6379)], change),
];
