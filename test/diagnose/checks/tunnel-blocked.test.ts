/** tunnel-blocked: what it finds between two hosts, and what it must not be confused with. */
import { tunnelBlocked } from '../../../src/diagnose/checks/tunnel-blocked.ts';
import { testHostsCheck } from '../two-hosts.ts';

testHostsCheck(tunnelBlocked, {
  wiring: 'flannel',
  finds: {
    'INPUT of the other host drops the port': ({ b }) => b.rule('-A INPUT -p udp -m udp --dport 8472 -j DROP'),
    'OUTPUT of the own host drops it': ({ a }) => a.rule('-A OUTPUT -p udp -m udp --dport 8472 -j REJECT'),
  },
  ignores: {
    'a rule for the port of another overlay': ({ b }) => b.rule('-A INPUT -p udp -m udp --dport 4789 -j DROP'),
    'a port closed for others than the hosts': ({ b }) =>
      b.rule('-A INPUT ! -s 10.77.0.0/24 -p udp -m udp --dport 8472 -j DROP'),
    'another end that is not in the picture': ({ a }) => {
      a.host.fdb!.push({
        mac: '0e:fa:00:00:00:09',
        ifname: 'flannel.1',
        dst: '10.77.0.19',
        flags: ['self'],
        state: 'permanent',
      });
    },
    'what is dropped behind the tunnel': ({ b }) => b.rule('-A FORWARD -i flannel.1 -j DROP'),
    'a tunnel that is down': ({ a, b }) => {
      a.link('flannel.1').flags = [];
      b.rule('-A INPUT -p udp -m udp --dport 8472 -j DROP');
      b.host.fdb = [];
    },
  },
});
