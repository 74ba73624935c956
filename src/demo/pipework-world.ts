/**
 * Containers that pipework has plugged into a bridge and onto the uplink. Bridged packets see iptables, and Docker's
 * FORWARD drops what no rule of its own is for: the plugged ones do not reach each other.
 */
import type { Command } from '../model/change.ts';
import { batch } from './build-commands.ts';
import type { DemoWorld } from './story.ts';

const bare = { netns: 'own', endpoints: [] } as const;

/** As pipework does it: both ends made on the host and named after the process, the guest's end moved and renamed. */
const plug = (container: string, pid: number, ifname: string, address: string): readonly Command[] => [
  batch([
    `link add name v${ifname}pl${pid} type veth peer name v${ifname}pg${pid}`,
    `link set v${ifname}pl${pid} master br1`,
    `link set v${ifname}pl${pid} up`,
    `link set v${ifname}pg${pid} netns ${container}`,
  ]),
  batch(
    [
      `link set v${ifname}pg${pid} name ${ifname}`,
      `addr add ${address}/24 brd + dev ${ifname}`,
      `link set ${ifname} up`,
    ],
    container,
  ),
];

const plugMacvlan = (container: string, pid: number, address: string): readonly Command[] => [
  batch([`link add link eth0 dev pm${pid}eth1 type macvlan mode bridge`, `link set pm${pid}eth1 netns ${container}`]),
  batch([`link set pm${pid}eth1 name eth1`, `addr add ${address}/24 brd + dev eth1`, 'link set eth1 up'], container),
];

/** Of a container that was gone before the guest's end could be moved into it. */
const refused = 'veth1p';
const GONE = 2101;

export const pipeworkWorld: DemoWorld = {
  networks: [{ name: 'front', bridge: 'br-front', gateway: '172.30.0.1', subnet: '172.30.0.0/24', icc: true }],
  containers: [
    {
      name: 'api',
      image: 'shop/api',
      netns: 'own',
      endpoints: [
        { network: 'front', address: '172.30.0.3', hostEnd: 'veth9a1c0d2', ifname: 'eth0', mac: '02:42:ac:1e:00:03' },
      ],
      process: 'api',
      listens: { port: 3000 },
    },
    { name: 'scale', image: 'shop/scale', ...bare, process: 'scale', listens: { port: 4001 } },
    { name: 'printer', image: 'shop/printer', ...bare, process: 'cupsd', listens: { port: 631 } },
    { name: 'sensor', image: 'shop/sensor', ...bare, process: 'sensor', listens: { port: 1883 } },
  ],
  userRules: [],
  byHand: (pidOf) => [
    batch(['link add br1 type bridge', 'addr add 192.168.7.1/24 brd + dev br1', 'link set br1 up']),
    ...plug('scale', pidOf('scale'), 'eth1', '192.168.7.11'),
    ...plug('printer', pidOf('printer'), 'eth1', '192.168.7.12'),
    ...plugMacvlan('sensor', pidOf('sensor'), '10.99.0.50'),
  ],
  breaks: [
    `link add name ${refused}l${GONE} type veth peer name ${refused}g${GONE}`,
    `link set ${refused}l${GONE} master br1`,
    `link set ${refused}l${GONE} up`,
  ],
};
