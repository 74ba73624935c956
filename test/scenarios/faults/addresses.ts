/** Faults of addresses, and of what neighbours believe of them. */
import type { Fault } from './fault.ts';
import { fetch, fromHost, neighbour, outside, ping } from './probes.ts';

export const addressFaults: readonly Fault[] = [
  {
    title: 'a container has another address than its engine knows',
    inject: ['app2! ip addr del {app2.ip}/16 dev eth0', 'app2! ip addr add 172.20.9.9/16 dev eth0'],
    probe: neighbour,
    ends: ['app1', 'app2'],
    finding: /^container-address-wrong:app2/,
    automatic: true,
    heal: [
      'app2! ip addr del 172.20.9.9/16 dev eth0',
      'app2! ip addr add {app2.ip}/16 brd 172.20.255.255 dev eth0',
      'app2! ip route add default via 172.20.0.1',
    ],
  },
  {
    title: 'a container has no address',
    inject: ['app2! ip addr flush dev eth0 scope global'],
    probe: neighbour,
    ends: ['app1', 'app2'],
    finding: /^container-address-wrong:app2/,
    automatic: true,
    heal: ['app2! ip addr add {app2.ip}/16 brd 172.20.255.255 dev eth0', 'app2! ip route add default via 172.20.0.1'],
  },
  {
    title: "somebody else on the bridge has a container's address",
    inject: [
      'byhand! ip addr add {app2.ip}/16 dev eth0',
      'byhand! ip neigh flush dev eth0',
      'sh -c \'ip neigh replace {app2.ip} lladdr $(nsenter --net=/run/netns/byhand cat /sys/class/net/eth0/address 2>/dev/null || nsenter --net=/run/netns/byhand ip -br link show eth0 | busybox awk "{print \\$3}") dev br-app nud reachable\'',
    ],
    probe: fetch(undefined, '{app2.ip}/'),
    ends: ['host', 'app2:80/tcp'],
    finding: /^duplicate-address:/,
    heal: ['byhand! ip addr del {app2.ip}/16 dev eth0', 'ip neigh del {app2.ip} dev br-app'],
  },
  {
    title: 'a neighbour entry of the host is wrong for good',
    inject: ['ip neigh replace {app2.ip} lladdr 02:00:00:00:00:99 dev br-app nud permanent'],
    probe: fromHost,
    ends: ['host', 'app2'],
    finding: /^stale-neighbour:app2/,
    automatic: true,
    heal: ['ip neigh del {app2.ip} dev br-app'],
  },
  {
    title: 'a neighbour entry of a container is wrong for good',
    inject: ['app1! ip neigh replace {app2.ip} lladdr 02:00:00:00:00:99 dev eth0 nud permanent'],
    probe: neighbour,
    ends: ['app1', 'app2'],
    finding: /^stale-neighbour:/,
    automatic: true,
    heal: ['app1! ip neigh del {app2.ip} dev eth0'],
  },
  {
    title: 'a container has the wrong MAC of its gateway',
    inject: ['app1! ip neigh replace 172.20.0.1 lladdr 02:00:00:00:00:99 dev eth0 nud permanent'],
    probe: outside,
    ends: ['app1', 'outside'],
    finding: /^stale-neighbour:/,
    automatic: true,
    heal: ['app1! ip neigh del 172.20.0.1 dev eth0'],
  },
  {
    title: 'a neighbour entry for an IPv6 address is wrong for good',
    inject: [
      'sh -c \'ip -6 neigh replace fd00:24::2 lladdr 02:00:00:00:00:99 dev $(ip -6 route get fd00:24::2 | busybox grep -o "br-[0-9a-f]*") nud permanent\'',
    ],
    probe: ping(undefined, 'fd00:24::2'),
    finding: /^stale-neighbour:six1/,
    automatic: true,
    heal: ['sh -c \'ip -6 neigh del fd00:24::2 dev $(ip -6 route get fd00:24::2 | busybox grep -o "br-[0-9a-f]*")\''],
  },
  {
    title: "a container has the gateway's address as well",
    inject: [
      'app2! ip addr add 172.20.0.1/16 dev eth0',
      'app1! ip neigh replace 172.20.0.1 lladdr {app2.mac} dev eth0 nud reachable',
    ],
    probe: outside,
    ends: ['app1', 'outside'],
    finding: /^duplicate-address:br-app/,
    heal: ['app2! ip addr del 172.20.0.1/16 dev eth0', 'app1! ip neigh del 172.20.0.1 dev eth0'],
  },
];
