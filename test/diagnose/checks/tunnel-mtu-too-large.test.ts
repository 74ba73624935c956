/** tunnel-mtu-too-large: what it finds between two hosts, and what it must not be confused with. */
import { tunnelMtuTooLarge } from '../../../src/diagnose/checks/tunnel-mtu-too-large.ts';
import { testHostsCheck } from '../two-hosts.ts';

testHostsCheck(tunnelMtuTooLarge, {
  wiring: 'flannel',
  finds: {
    'the tunnel has the MTU of the uplink': ({ a }) => {
      a.link('flannel.1').mtu = 1500;
    },
    'the uplink is smaller than usual': ({ b }) => {
      b.link('eth0').mtu = 1460;
    },
  },
  ignores: {
    'jumbo frames below': ({ a }) => {
      a.link('eth0').mtu = 9000;
      a.link('flannel.1').mtu = 8950;
    },
    'a tunnel that is down': ({ a, b }) => {
      a.link('flannel.1').mtu = 1500;
      a.link('flannel.1').flags = [];
      b.host.fdb = [];
    },
    'a tunnel whose other ends are not known': ({ a }) => {
      a.link('flannel.1').mtu = 1500;
      a.host.fdb = [];
    },
  },
});
