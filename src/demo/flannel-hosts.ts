/** Two hosts whose containers are joined by flannel: a VXLAN with fixed neighbours and forwarding entries, a subnet each. */
import type { Command } from '../model/change.ts';
import { batch } from './build-commands.ts';
import type { DemoContainer, DemoHost } from './story.ts';

interface Change {
  /** Where node-a's forwarding entry for node-b leads. */
  readonly remoteOfB?: string;
  /** The wire has become this narrow after the tunnel was made, and the tunnel's packets may not be cut in pieces. */
  readonly narrowWire?: number;
}

const NETWORK = '10.244.0.0/16';
/** Of the tunnel, the bridges and the containers: 50 bytes are for VXLAN. */
const MTU = 1450;
const tunnelMac = (n: number): string => `02:f1:00:00:00:0${n}`;
const wireAddress = (n: number): string => `10.99.0.1${n}`;

const rules = (n: number): string => {
  const mine = `10.244.${n}.0/24`;
  return `*nat
:FLANNEL-POSTRTG - [0:0]
-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG
-A FLANNEL-POSTRTG -s ${mine} -d ${NETWORK} -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG -s ${NETWORK} -d ${mine} -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG ! -s ${NETWORK} -d ${mine} -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG -s ${NETWORK} ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j MASQUERADE
-A FLANNEL-POSTRTG ! -s ${NETWORK} -d ${NETWORK} -m comment --comment "flanneld masq" -j MASQUERADE
COMMIT
*filter
:FLANNEL-FWD - [0:0]
-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD
-A FLANNEL-FWD -s ${NETWORK} -m comment --comment "flanneld forward" -j ACCEPT
-A FLANNEL-FWD -d ${NETWORK} -m comment --comment "flanneld forward" -j ACCEPT
COMMIT
`;
};

/** What flanneld does on host number n for the other one, number `far`. */
const flanneld = (n: number, far: number, { remoteOfB, narrowWire }: Change): readonly Command[] => {
  const remote = far === 2 && remoteOfB !== undefined ? remoteOfB : wireAddress(far);
  const data = `id 1 local ${wireAddress(n)} dev eth0 dstport 8472 nolearning${narrowWire === undefined ? '' : ' df set'}`;
  return [
    batch([
      `link add flannel.1 address ${tunnelMac(n)} mtu ${MTU} type vxlan ${data}`,
      `addr add 10.244.${n}.0/32 dev flannel.1`,
      'link set flannel.1 up',
      `neigh replace 10.244.${far}.0 lladdr ${tunnelMac(far)} dev flannel.1 nud permanent`,
      `route add 10.244.${far}.0/24 via 10.244.${far}.0 dev flannel.1 onlink`,
    ]),
    { argv: ['bridge', 'fdb', 'append', tunnelMac(far), ...`dev flannel.1 dst ${remote} self permanent`.split(' ')] },
    { argv: ['iptables-restore', '--noflush'], stdin: rules(n) },
  ];
};

const container = (n: number, last: number, name: string, process: string, port: number): DemoContainer => ({
  name,
  image: `shop/${name}`,
  netns: 'own',
  endpoints: [
    {
      network: 'bridge',
      address: `10.244.${n}.${last}`,
      hostEnd: `veth${n}f2b0c${last}`,
      ifname: 'eth0',
      mac: `02:42:0a:f4:0${n}:0${last}`,
    },
  ],
  process,
  listens: { port },
});

const node = (n: number, far: number, containers: readonly DemoContainer[], change: Change): DemoHost => ({
  name: `node-${n === 1 ? 'a' : 'b'}`,
  address: wireAddress(n),
  world: {
    networks: [
      {
        name: 'bridge',
        bridge: 'docker0',
        gateway: `10.244.${n}.1`,
        subnet: `10.244.${n}.0/24`,
        icc: true,
        masquerade: false,
        mtu: MTU,
      },
    ],
    containers,
    userRules: [],
    byHand: () => flanneld(n, far, change),
    breaks: change.narrowWire === undefined ? [] : [`link set dev eth0 mtu ${change.narrowWire}`],
  },
});

export const flannelHosts = (change: Change): readonly DemoHost[] => [
  node(1, 2, [container(1, 2, 'web', 'nginx', 80), container(1, 3, 'api', 'api', 3000)], change),
  node(2, 1, [container(2, 2, 'db', 'postgres', 5432), container(2, 3, 'cache', 'redis-server', 6379)], change),
];
