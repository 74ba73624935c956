/** Faults of packet filter and NAT rules, whoever wrote them. */
import type { Fault } from './fault.ts';
import { neighbour, outside } from './probes.ts';

export const ruleFaults: readonly Fault[] = [
  {
    title: 'the masquerade rule is gone',
    inject: ['iptables -t nat -D POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE'],
    probe: outside,
    ends: ['app1', 'outside'],
    finding: /^masquerade-missing:appnet/,
    automatic: true,
    heal: ['iptables -t nat -A POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE'],
  },
  {
    title: 'DOCKER-USER drops answers',
    inject: ['iptables -I DOCKER-USER -i eth0 -j DROP'],
    probe: outside,
    ends: ['app1', 'outside'],
    finding: /^docker-user-drops-replies/,
    automatic: true,
    heal: ['iptables -D DOCKER-USER -i eth0 -j DROP'],
  },
  {
    title: 'a rule of somebody stops neighbours',
    inject: ['iptables -I FORWARD 1 -d {app2.ip} -j DROP'],
    probe: neighbour,
    ends: ['app1', 'app2'],
    finding: /^flow-blocked:filter\/FORWARD\/1/,
    automatic: true,
    heal: ['iptables -D FORWARD -d {app2.ip} -j DROP'],
  },
];
