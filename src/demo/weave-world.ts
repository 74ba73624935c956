/**
 * Containers on the bridge of Weave Net. Weave's network is 10.32.0.0/12; one container was given its address with a mask of its own, so
 * that it knows no way to those outside of it.
 */
import type { Command } from '../model/change.ts';
import { batch } from './build-commands.ts';
import type { DemoWorld } from './story.ts';

const bare = { netns: 'own', endpoints: [] } as const;
/** What Weave leaves for its own headers on a wire of 1500. */
const mtu = 1376;

/** As `weave attach` does it: both ends named after the process, the guest's end moved and called ethwe. */
const attach = (container: string, pid: number, address: string): readonly Command[] => [
  batch([
    `link add name vethwepl${pid} mtu ${mtu} type veth peer name vethwepg${pid} mtu ${mtu}`,
    `link set vethwepl${pid} master weave`,
    `link set vethwepl${pid} up`,
    `link set vethwepg${pid} netns ${container}`,
  ]),
  batch([`link set vethwepg${pid} name ethwe`, `addr add ${address} brd + dev ethwe`, 'link set ethwe up'], container),
];

/** Packets within the network pass, what leaves it is hidden behind the host. */
const rules = `*nat
:WEAVE - [0:0]
-A POSTROUTING -j WEAVE
-A WEAVE -d 10.32.0.0/12 ! -s 10.32.0.0/12 -j MASQUERADE
-A WEAVE -s 10.32.0.0/12 ! -d 10.32.0.0/12 -j MASQUERADE
COMMIT
*filter
-A FORWARD -i weave -o weave -j ACCEPT
-A FORWARD -i weave ! -o weave -j ACCEPT
-A FORWARD -o weave -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
`;

export const weaveWorld: DemoWorld = {
  networks: [],
  containers: [
    { name: 'api', image: 'shop/api', ...bare, process: 'api', listens: { port: 3000 } },
    { name: 'cache', image: 'shop/cache', ...bare, process: 'redis-server', listens: { port: 6379 } },
    { name: 'db', image: 'shop/db', ...bare, process: 'postgres', listens: { port: 5432 } },
  ],
  userRules: [],
  byHand: (pidOf) => [
    batch([`link add weave mtu ${mtu} type bridge`, 'addr add 10.32.0.1/12 brd + dev weave', 'link set weave up']),
    { argv: ['iptables-restore', '--noflush'], stdin: rules },
    ...attach('api', pidOf('api'), '10.32.0.11/24'),
    ...attach('cache', pidOf('cache'), '10.32.0.12/12'),
    ...attach('db', pidOf('db'), '10.40.0.2/12'),
  ],
  breaks: [],
};
